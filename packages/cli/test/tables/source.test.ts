import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { baseName } from "../../src/tables/address.ts";
import { readTable } from "../../src/tables/read-table.ts";
import { folderWith } from "../support.ts";
import { columns, failure, read } from "./reading.ts";

const content = "a\n1\n";

test.each([
  "it's; DROP TABLE x; --.csv",
  "glob*.csv",
  "set[1].csv",
  "what?.csv",
  '"quoted".csv',
  "$1.csv",
  "~.csv",
  "new\nline.csv",
  "{a,b}.csv",
  "https:.csv",
  "no ending",
  "x.__proto__",
])("the name %j is only a name", async (name) => {
  const cwd = folderWith({
    [name]: content,
    "globs.csv": "b\n2\n",
    "set1.csv": "b\n2\n",
    "a.csv": "b\n2\n",
  });
  const table = await readTable(name, { cwd, stdin: Readable.from([]) });
  expect(columns(table)).toEqual([["a", "number", [1]]]);
});

test("a folder named like a partition adds no column", async () => {
  const cwd = folderWith();
  mkdirSync(join(cwd, "year=2020"));
  writeFileSync(join(cwd, "year=2020", "t.csv"), content);
  const table = await readTable("year=2020/t.csv", { cwd, stdin: Readable.from([]) });
  expect(columns(table)).toEqual([["a", "number", [1]]]);
});

test("gzip is seen by its first bytes, whatever the name", async () => {
  expect(columns(await read(gzipSync(content), "t.csv.gz"))).toEqual([["a", "number", [1]]]);
  expect(columns(await read(gzipSync('[{"a":1}]'), "t.json"))).toEqual([["a", "number", [1]]]);
});

test("a gzip file that is cut off is an error, not a shorter table", async () => {
  const bytes = gzipSync("a,b\n".concat("1,2\n".repeat(10_000)));
  expect(await failure(bytes.subarray(0, -10), "t.csv.gz")).toMatchObject({
    code: "data",
    got: "its gzip stream is damaged (unexpected end of file)",
  });
});

test("standard input is CSV or NDJSON by how it begins", async () => {
  const from = (text: string) =>
    readTable("-", { cwd: "/", stdin: Readable.from([Buffer.from(text)]) });
  expect(columns(await from("a,b\n1,x\n"))).toHaveLength(2);
  expect(columns(await from('{"a":1}\n{"a":2}\n'))).toEqual([["a", "number", [1, 2]]]);
  await expect(from("")).rejects.toThrow("standard input cannot be read: it is empty");
});

test.each([
  ["missing.csv", "no-input", "missing.csv cannot be opened: no such file or directory"],
  [".", "data", ". is a folder, expected a file"],
  [
    "https://user:secret@example.org/t.csv?key=secret",
    "usage",
    "https://user@example.org/t.csv is an address in a network; download it first, or allow it with --allow-network",
  ],
  ["s3://bucket/t.parquet", "usage", "s3://bucket/t.parquet is an address in a network"],
])("%s is refused", async (name, code, message) => {
  const reading = readTable(name, { cwd: folderWith(), stdin: Readable.from([]) });
  await expect(reading).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
  });
});

test("an abort ends the reading with its reason", async () => {
  const signal = AbortSignal.abort("SIGINT");
  await expect(read(content, "t.csv", { signal })).rejects.toBe("SIGINT");
});

test.each([
  ["data/penguins.json", "penguins"],
  ["a.b.csv.gz", "a.b"],
  ["no ending", "no ending"],
  [".hidden", ".hidden"],
  ["-", "table"],
  [undefined, "model"],
  ["data/2024-*.csv.gz", "2024"],
  ["[ab]*.csv", "table"],
  ["shop.duckdb", "shop"],
  ["https://example.org/data/t%20x.csv?v=1", "t x"],
  ["postgres://user:pass@host/shop", "shop"],
  ["postgres://user@host/shop?table=orders", "orders"],
])("the base name of %s is %s", (given, name) => {
  expect(baseName(given)).toBe(name);
});
