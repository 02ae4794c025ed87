import { expect, test } from "vitest";
import { columns, read } from "./reading.ts";

const missing = ["n/a", "-999", "it's"];

test("cells of these texts are missing, and no longer decide the type", async () => {
  const content = "n,t,d\n1,x,2020-01-01\nn/a,n/a, n/a \n-999,it's,-999\n";
  expect(columns(await read(content, "t.csv", { missing }))).toEqual([
    ["n", "number", [1, Number.NaN, Number.NaN]],
    ["t", "text", ["x", null, null]],
    ["d", "date", [18262, Number.NaN, Number.NaN]],
  ]);
});

test("other spellings are not: N/A, -999.0, n/a!", async () => {
  const content = "n,t\n1,N/A\n-999.0,n/a!\n";
  expect(columns(await read(content, "t.csv", { missing }))).toEqual([
    ["n", "number", [1, -999]],
    ["t", "text", ["N/A", "n/a!"]],
  ]);
});

test("in JSON texts and numbers alike, and the empty text where it is named", async () => {
  const rows = [{ n: 1, t: "x" }, { n: "n/a", t: "" }, { n: -999, t: "n/a" }, { n: null }];
  const table = await read(JSON.stringify(rows), "t.json", { missing: [...missing, ""] });
  expect(columns(table)).toEqual([
    ["n", "number", [1, Number.NaN, Number.NaN, Number.NaN]],
    ["t", "text", ["x", null, null, null]],
  ]);
});

test("where the cells are kept, they stand as they are in the file", async () => {
  const table = await read("n\n1\nn/a\n\n", "t.csv", { missing, keepCells: true });
  expect(table.cells).toEqual([["1", "n/a", null]]);
});

test("a table whose missing values are not named has an error that names them", async () => {
  const content = `n\n${"1\n".repeat(20)}n/a\n`;
  await expect(read(content)).rejects.toMatchObject({
    details: {
      where: "t.csv, row 21",
      remedy:
        'name it with --missing "n/a" to treat it as missing, ' +
        "or leave the column out with --ignore",
    },
  });
  expect((await read(content, "t.csv", { missing })).columns[0]!.type).toBe("number");
});
