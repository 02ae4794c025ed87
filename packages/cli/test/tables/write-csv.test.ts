import fc from "fast-check";
import { expect, test } from "vitest";
import { csvText } from "../../src/tables/write-csv.ts";
import { read } from "./reading.ts";

test("cells that a reader could mistake stand in quotes; what is missing is nothing at all", () => {
  const cells = ["a,b", 'say "x"', "two\nlines", " space", "", null, -1.5e-7, "plain"];
  const text = [...csvText(["name"], { rows: 1, row: () => cells })].join("");
  expect(text).toBe('name\n"a,b","say ""x""","two\nlines"," space","",,-1.5e-7,plain\n');
});

test("what a spreadsheet would run begins with an apostrophe, and numbers stay numbers", () => {
  const cells = [
    "=1+1",
    "@SUM(A1)",
    "+x",
    "-2+3",
    "\t=1",
    "\r=1",
    "＝1",
    "-1.5",
    "+3",
    "-1e-7",
    -1.5,
  ];
  const text = [...csvText(["=name"], { rows: 1, row: () => cells })].join("");
  const safe = [`'=1+1,'@SUM(A1),'+x,'-2+3`, `'\t=1`, `"'\r=1"`, "'＝1", "-1.5,+3,-1e-7,-1.5"];
  expect(text).toBe(`'=name\n${safe.join(",")}\n`);
});

test("more than a thousand rows come in pieces, each row once", () => {
  const pieces = [...csvText(["n"], { rows: 2500, row: (n) => [n] })];
  expect(pieces).toHaveLength(4);
  const lines = pieces.join("").trimEnd().split("\n");
  expect(lines).toEqual(["n", ...Array.from({ length: 2500 }, (_, n) => String(n))]);
});

test("any text that is written is read again as it was", async () => {
  const cell = fc
    .string({ unit: "binary", minLength: 1, maxLength: 8 })
    .filter((text) => !text.includes("\0") && !/^[=+\-@\t\r\n＝＋－＠]/.test(text));
  const table = fc.array(fc.tuple(cell, fc.option(cell)), { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(table, async (rows) => {
      const text = [...csvText(["a", "b"], { rows: rows.length, row: (n) => rows[n]! })].join("");
      const { columns } = await read(text, "t.csv", { otherTypes: "text" });
      expect(columns.map(({ values }) => [...values])).toEqual([
        rows.map(([a]) => a),
        rows.map(([, b]) => b),
      ]);
    }),
    { numRuns: 40, seed: 1 },
  );
});
