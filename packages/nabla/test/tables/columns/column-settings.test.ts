import { type ColumnSettings, trainTable } from "nabla";
import { readColumnSettings } from "nabla/files";
import { describe, expect, test } from "vitest";
import { checkColumnSettings } from "../../../src/tables/columns/column-settings.ts";
import { createTable } from "../../../src/tables/table.ts";
import { numbers } from "../columns.ts";

const read = (text: string) => readColumnSettings({ text, name: "columns.json" });

describe("settings of columns", () => {
  test("are read from JSON, cycles in one order", () => {
    expect(
      read(`{ "id": "ignore", "year": "text", "when": { "type": "date", "cycles": ["year", "day"] },
        "zip": { "type": "text", "embed": 8 }, "code": { "type": "text", "embed": false } }`),
    ).toEqual({
      ...{ id: "ignore", year: "text", when: { type: "date", cycles: ["day", "year"] } },
      ...{ zip: { type: "text", embed: 8 }, code: { type: "text", embed: false } },
    });
  });

  test.each([
    ["[]", "columns.json: expected an object, got []"],
    [
      '{ "id": "ignored" }',
      'columns.json.id: expected "ignore" or "number" or "date" or "text" or "boolean", got "ignored"',
    ],
    [
      '{ "zip": { "embed": 8 } }',
      'columns.json.zip: expected type number or boolean or date or text, got {"embed":8}',
    ],
    [
      '{ "zip": { "type": "text", "embed": 0 } }',
      "columns.json.zip.embed: expected false or an integer from 1 to 1024, got 0",
    ],
    [
      '{ "zip": { "type": "number", "embed": 2 } }',
      'columns.json.zip: expected the fields type, got "embed" too',
    ],
    [
      '{ "when": { "type": "date", "cycles": ["month"] } }',
      'columns.json.when.cycles[0]: expected "day" or "week" or "year", got "month"',
    ],
  ])("refuse %s", (text, message) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: "data", message }));
  });

  test("are checked as an option, too", async () => {
    const table = createTable("t", [numbers("x", [1, 2, 3]), numbers("y", [1, 2, 3])]);
    const columns = { x: "numbers" } as unknown as ColumnSettings;
    const message =
      'columns.x: expected "ignore" or "number" or "date" or "text" or "boolean", got "numbers"';
    expect(() => checkColumnSettings(columns)).toThrow(
      expect.objectContaining({ code: "usage", message }),
    );
    await expect(trainTable(table, { target: "y", task: "regression", columns })).rejects.toThrow(
      message,
    );
  });
});
