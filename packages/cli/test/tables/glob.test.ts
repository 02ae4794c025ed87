import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { expandGlob } from "../../src/tables/glob.ts";
import { folderWith } from "../support.ts";
import { columns, failureOf, readIn } from "./reading.ts";

const names = [
  "a1.csv",
  "a2.csv",
  "a10.csv",
  "b.csv",
  ".hidden.csv",
  "a-.csv",
  "a^.csv",
  "a].csv",
  "a.b",
];

function tree(): string {
  const cwd = folderWith(Object.fromEntries(names.map((name) => [name, ""])));
  for (const folder of ["x", "x/y", ".git"]) mkdirSync(join(cwd, folder));
  for (const file of ["x/1.csv", "x/y/2.csv", ".git/3.csv"]) writeFileSync(join(cwd, file), "");
  symlinkSync("..", join(cwd, "x", "round"));
  return cwd;
}

test.each([
  ["*.csv", ["a-.csv", "a1.csv", "a10.csv", "a2.csv", "a].csv", "a^.csv", "b.csv"]],
  ["a?.csv", ["a-.csv", "a1.csv", "a2.csv", "a].csv", "a^.csv"]],
  ["a[0-9].csv", ["a1.csv", "a2.csv"]],
  ["a[!0-9].csv", ["a-.csv", "a].csv", "a^.csv"]],
  ["a[1^].csv", ["a1.csv", "a^.csv"]],
  [".h*", [".hidden.csv"]],
  ["*/*.csv", ["x/1.csv"]],
  [
    "**/*.csv",
    ["a-.csv", "a1.csv", "a10.csv", "a2.csv", "a].csv", "a^.csv", "b.csv", "x/1.csv", "x/y/2.csv"],
  ],
  ["./x/../x/*.csv", ["x/1.csv"]],
  ["a.?", ["a.b"]],
  ["*", ["a-.csv", "a.b", "a1.csv", "a10.csv", "a2.csv", "a].csv", "a^.csv", "b.csv"]],
  ["none*", []],
  ["none/*", []],
  ["b.csv/*", []],
])("%s names %j", async (pattern, found) => {
  expect(await expandGlob(pattern, { cwd: tree() })).toEqual(found);
});

test("an absolute pattern names absolute paths", async () => {
  const cwd = tree();
  expect(await expandGlob(`${cwd}/x/*.csv`, { cwd: "/" })).toEqual([join(cwd, "x/1.csv")]);
});

test("files are read in the order of their names, and columns go by name", async () => {
  const cwd = folderWith({
    "2.csv": "b,a\nx,3\n",
    "1.csv": "a,b\n1,y\n2,z\n",
    "3.json": '[{"b":"w","a":4}]',
  });
  const table = await readIn(cwd, "[0-9].*", { keepCells: true });
  expect(table).toMatchObject({ name: "[0-9].*", rows: 4 });
  expect(columns(table)).toEqual([
    ["a", "number", [1, 2, 3, 4]],
    ["b", "text", ["y", "z", "x", "w"]],
  ]);
  expect(table.cells![0]).toEqual(["1", "2", "3", "4"]);
});

test("all files together decide the type", async () => {
  const cwd = folderWith({ "1.csv": "a,b\n1,2020-01-01\n", "2.csv": "a,b\nx,2020-01-02\n" });
  expect(columns(await readIn(cwd, "*.csv"))).toEqual([
    ["a", "text", ["1", "x"]],
    ["b", "date", [18262, 18263]],
  ]);
});

test.each([
  ["a column less", "a\n1\n", "2.csv: expected the columns of 1.csv: a, b; got a"],
  ["another column", "a,c\n1,2\n", "2.csv: expected the columns of 1.csv: a, b; got a, c"],
  [
    "a cell that is no number",
    `a,b\n${"1,2\n".repeat(20)}n/a,2\n`,
    '2.csv, row 21: column "a" holds "n/a"',
  ],
  ["an infinite number", "a,b\n1,2\n1,1e999\n", '2.csv, row 2: column "b" holds Infinity'],
  ["nothing in it", "", "2.csv cannot be read: it is empty"],
])("a file with %s is named", async (_, second, message) => {
  const cwd = folderWith({ "1.csv": "a,b\n1,2\n", "2.csv": second });
  expect((await failureOf(readIn(cwd, "*.csv"))).message).toContain(message);
});

test("a pattern that nothing fits is no input", async () => {
  expect(await failureOf(readIn(folderWith(), "*.csv"))).toMatchObject({
    code: "no-input",
    message: "*.csv cannot be opened: no file has such a name",
  });
});
