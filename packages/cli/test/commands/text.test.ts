import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { loadModel, type TableModel } from "nabla";
import { expect, test } from "vitest";
import { readTable } from "../../src/tables/read-table.ts";
import { folderWith, nabla } from "../support.ts";

/** Each is another one, though readers of CSV, JavaScript and spreadsheets take some for others. */
const labels = [
  ...["1", "1.0", "01", "+1", "1e0", " 1", " ", "NaN", "nan", "null", "true", "TRUE"],
  ...["😀", "\u00e9", "e\u0301", 'a "b", c', "__proto__"],
];
const repeated = (own: readonly string[]) => Array.from({ length: 20 }, () => own).flat();
const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;

/** The categories and the classes of a model that tells classes by their codes. */
async function trained(cwd: string, table: string): Promise<(readonly string[])[]> {
  const train = ["train", table, "--target", "class", "--task", "classification", "--hidden", "0"];
  const flags = ["--epochs", "60", "--test", "0", "--learning-rate", "0.1"];
  const { code, stderr } = await nabla([...train, ...flags], { cwd });
  expect(code, stderr).toBe(0);
  const { schema } = loadModel(readFileSync(join(cwd, "t.safetensors"))) as TableModel;
  const [feature] = schema.features;
  if (feature === undefined || !("categories" in feature) || !("classes" in schema.target))
    throw new Error("classes by codes");
  const predict = ["predict", "t.safetensors", table, "--out", "p.csv"];
  expect(await nabla(predict, { cwd })).toMatchObject({ code: 0 });
  return [feature.categories, schema.target.classes];
}

test("texts that look alike stay apart, from CSV to the model's file to CSV and back", async () => {
  const lines = repeated(labels).map((label) => `${quoted(label)},${quoted(label)}\n`);
  const cwd = folderWith({ "t.csv": `code,class\n${lines.join("")}` });
  for (const list of await trained(cwd, "t.csv"))
    expect([...list].sort()).toEqual([...labels].sort());

  const { columns } = await readTable("p.csv", {
    cwd,
    stdin: Readable.from([]),
    otherTypes: "text",
  });
  const read = (name: string) => columns.find((column) => column.name === name)?.values;
  expect(read("code")).toEqual(repeated(labels));
  expect(read("prediction")).toEqual(repeated(labels));
});

test("an empty text of JSON is one of them, and null is missing", async () => {
  const rows = repeated(["", "1", "NaN"]).map((code) => ({ code, class: code }));
  const cwd = folderWith({ "t.json": JSON.stringify([...rows, { code: null, class: "1" }]) });
  for (const list of await trained(cwd, "t.json")) expect(list).toEqual(["", "1", "NaN"]);
  const lines = readFileSync(join(cwd, "p.csv"), "utf8").split("\n");
  expect(lines.filter((line) => line.startsWith('"","",'))).toHaveLength(20);
  expect(lines.filter((line) => line.startsWith("NaN,NaN,"))).toHaveLength(20);
});
