import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadModel, type TableModel } from "nabla";
import { expect, test } from "vitest";
import { folderWith, nabla } from "../support.ts";

const rows = Array.from({ length: 100 }, (_, i) => {
  const when = new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10);
  return `${i + 1},n${i},${1970 + (i % 4)},${when},${i % 5},${2 * (i % 5)}`;
});
const table = `id,name,year,when,x,y\n${rows.join("\n")}\n`;
const featuresOf = (cwd: string) =>
  (loadModel(readFileSync(join(cwd, "t.safetensors"))) as TableModel).schema.features;
const args = ["train", "t.csv", "--target", "y", "--task", "regression", "--hidden", "0"];
const train = (cwd: string, ...more: string[]) =>
  nabla([...args, "--epochs", "1", ...more], { cwd });

test("without --columns, identifiers are left out, and said to be", async () => {
  const cwd = folderWith({ "t.csv": table });
  const { code, stdout } = await train(cwd, "--json");
  expect(code).toBe(0);
  const { features, findings } = JSON.parse(stdout);
  expect(features).toEqual(["year", "when", "x"]);
  expect(findings.map(({ code, where }: Record<string, string>) => [code, where])).toEqual(
    expect.arrayContaining([
      ["leaking-column", 'column "x"'],
      ["identifier", 'columns "id" and "name"'],
    ]),
  );
});

test("--columns says how to read columns, and what becomes of them", async () => {
  const columns = {
    ...{ id: "text", year: { type: "text", embed: 3 }, x: "ignore" },
    when: { type: "date", cycles: ["week"] },
  };
  const cwd = folderWith({ "t.csv": table, "columns.json": JSON.stringify(columns) });
  expect(await train(cwd, "--columns", "columns.json", "--json")).toMatchObject({ code: 0 });
  const [id, year, when, ...others] = featuresOf(cwd);
  expect(id).toMatchObject({ name: "id", type: "text" });
  expect(year).toMatchObject({
    ...{ name: "year", type: "text", units: 3 },
    categories: ["1970", "1971", "1972", "1973"],
  });
  expect(when).toMatchObject({ name: "when", type: "date", cycles: ["week"] });
  expect(others).toEqual([]);

  const { code, stdout } = await nabla(["predict", "t.safetensors", "t.csv"], { cwd });
  expect([code, stdout.split("\n").length]).toEqual([0, 102]);
});

test.each([
  ['{ "x": "numbers" }', 65, "columns.json.x: expected"],
  ['{ "z": "text" }', 64, 't.csv has no column "z"'],
  ['{ "y": "text" }', 64, "must name columns to predict from"],
  ['{ "name": "number" }', 65, 'row 1: column "name" holds "n0", which is not a number'],
])("--columns %s is an error of code %i", async (columns, expected, message) => {
  const cwd = folderWith({ "t.csv": table, "columns.json": columns });
  const { code, stderr } = await train(cwd, "--columns", "columns.json");
  expect(code).toBe(expected);
  expect(stderr).toContain(message);
});

test("a model that is trained further says itself what its columns are", async () => {
  const cwd = folderWith({ "t.csv": table, "columns.json": '{ "x": "text" }' });
  expect(await train(cwd)).toMatchObject({ code: 0 });
  const further = ["train", "t.csv", "--from", "t.safetensors", "--columns", "columns.json"];
  const { code, stderr } = await nabla(further, { cwd });
  expect(code).toBe(64);
  expect(stderr).toContain('must be left out, for the model says what they are, got "x"');
});
