import { describe, expect, test } from "vitest";
import { FORMAT_VERSION, upgraded } from "../../src/files/upgrade.ts";

const from1 = (features: unknown, name = "schema") =>
  upgraded({ features, target: {} } as never, { name, where: "schema", format: 1 });

describe("a schema of format 1", () => {
  test("gets what later ones say of dates and categories", () => {
    const features = [
      { name: "a", type: "number", mean: 0, scale: 1 },
      { name: "b", type: "date", mean: 0, scale: 1 },
      { name: "c", type: "text", categories: ["x"] },
      { name: "d", type: "boolean", categories: [] },
    ];
    expect(from1(features)).toEqual({
      features: [
        { name: "a", type: "number", mean: 0, scale: 1 },
        { name: "b", type: "date", mean: 0, scale: 1, cycles: [] },
        { name: "c", type: "text", categories: ["x"], other: false },
        { name: "d", type: "boolean", categories: [], other: false },
      ],
      target: {},
    });
  });

  test("must not have it already", () => {
    expect(() => from1([{ type: "number" }, { type: "text", other: true }])).toThrow(
      'schema.features[1]: expected the fields of its format, got "other" too',
    );
  });

  test.each([[[]], [null], [{}], [[null, 1, [], {}, { type: "toString" }, { type: 1 }]]])(
    "that is none, %j, is left to the reader",
    (features) => {
      expect(from1(features)).toEqual({ features, target: {} });
    },
  );
});

test("other parts, and those of the present format, stay as they are", () => {
  const features = [{ type: "date" }];
  expect(from1(features, "training")).toEqual({ features, target: {} });
  const part = { features };
  expect(upgraded(part, { name: "schema", where: "", format: FORMAT_VERSION })).toBe(part);
});
