import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, test } from "vitest";
import { readTable } from "../../src/tables/read-table.ts";
import { folderWith } from "../support.ts";
import { columns, failure, read } from "./reading.ts";

describe("CSV", () => {
  test.each([
    ["more", "a,b\n1,2\n3,4,5\n6,7\n", "t.csv, row 2: expected 2 cells, got 3"],
    ["fewer", "a,b,c\n1,2,3\n4,5\n", "t.csv, row 2: expected 3 cells, got 2"],
    [
      "more, after a line end in quotes,",
      'a,b\n"x\ny",2\n3,4,5\n',
      "t.csv, row 2: expected 2 cells, got 3",
    ],
  ])(
    "a row of %s cells than the header is an error with its number",
    async (_, content, message) => {
      expect(await failure(content)).toMatchObject({
        code: "data",
        message: `${message}; put a cell that holds the delimiter in quotes`,
      });
    },
  );

  test("quoted cells hold delimiters, quotes and line ends", async () => {
    const table = await read('"a, b",c\n"x,y","say ""no"""\n"two\nlines",z\n');
    expect(columns(table)).toEqual([
      ["a, b", "text", ["x,y", "two\nlines"]],
      ["c", "text", ['say "no"', "z"]],
    ]);
  });

  test.each([
    [";", "a;b\n1;2,5\n"],
    ["\t", "a\tb\n1\t2,5\n"],
    ["|", "a|b\r\n1|2,5\r\n"],
  ])("the header tells the delimiter: %j", async (_, content) => {
    expect(columns(await read(content))).toEqual([
      ["a", "number", [1]],
      ["b", "text", ["2,5"]],
    ]);
  });

  test("a byte-order mark is no part of the first name", async () => {
    expect(columns(await read("\ufeffa,b\n1,2\n"))[0]).toEqual(["a", "number", [1]]);
  });

  test("a column without a name is named by its place, as in exports with an index", async () => {
    expect((await read(",a\n0,5\n")).columns.map(({ name }) => name)).toEqual(["column 1", "a"]);
  });

  test("names that differ in case only are two columns", async () => {
    expect((await read("a,A\n1,2\n")).columns.map(({ name }) => name)).toEqual(["a", "A"]);
  });

  test.each([
    ["two columns of one name", "a,b,a\n1,2,3\n", '"a" twice'],
    ["an open quote", 'a,b\n"x,2\n3,4\n', "an open quote"],
    ["no row", "a,b\n", "none"],
    ["nothing at all", "", "it is empty"],
    ["bytes that are not UTF-8", Buffer.from("a,b\n1,\xff\xfe\n", "latin1"), "other bytes"],
    ["UTF-16", Buffer.from("\ufeffa,b\n1,2\n", "utf16le"), "it is UTF-16 text"],
    ["zero bytes", "a,b\n1,\0\n", "it is not text"],
  ])("%s is an error", async (_, content, got) => {
    expect(await failure(content)).toMatchObject({
      code: "data",
      where: expect.stringMatching(/^t\.csv/),
      got,
    });
  });
});

describe("JSON", () => {
  test("an array of objects and a line for each object are the same table", async () => {
    const rows = ['{"a":1,"b":"x"}', '{"b":null,"a":2.5,"c":true}', '{"a":null,"c":false}'];
    const expected = [
      ["a", "number", [1, 2.5, Number.NaN]],
      ["b", "text", ["x", null, null]],
      ["c", "boolean", [null, true, false]],
    ];
    expect(columns(await read(`[${rows.join(",")}]`, "t.json"))).toEqual(expected);
    expect(columns(await read(rows.join("\n"), "t.ndjson"))).toEqual(expected);
  });

  test("text in quotes stays text, but for dates", async () => {
    const table = await read('[{"a":"1","b":"true","c":"2020-01-01","d":"12:30"}]', "t.json");
    expect(columns(table)).toEqual([
      ["a", "text", ["1"]],
      ["b", "text", ["true"]],
      ["c", "date", [18262]],
      ["d", "text", ["12:30"]],
    ]);
  });

  test("names of JavaScript's prototypes are names", async () => {
    const table = await read('[{"__proto__":1,"constructor":2,"it\'s \\"x\\"":3}]', "t.json");
    expect(columns(table)).toEqual([
      ["__proto__", "number", [1]],
      ["constructor", "number", [2]],
      ['it\'s "x"', "number", [3]],
    ]);
  });

  test.each([
    ["a nested value", '[{"a":1},{"a":[1]}]', 't.json, row 2: column "a" holds "[1]"'],
    ["NaN", '[{"a":1},{"a":NaN}]', 't.json, row 2: column "a" holds NaN'],
    ["a key twice", '[{"a":1,"a":2}]', 't.json, row 1: expected each key once, got "a" twice'],
    ["keys that differ in case only", '[{"a":1,"A":2}]', 'got "a" and "A"'],
    ["numbers instead of objects", "[1,2]", "got no key"],
    ["a number among objects", '[{"a":1},2]', "t.json, row 2: expected an object of cells"],
    ["an end in the middle", '[{"a":1},{"a":', "unexpected end of data"],
    ["a byte-order mark", '\ufeff[{"a":1}]', "byte-order mark"],
  ])("%s is an error", async (_, content, message) => {
    const error = await failure(content, "t.json");
    expect(error.code).toBe("data");
    expect(error.message).toContain(message);
  });
});

describe("Parquet", () => {
  /** The bytes of a Parquet file of one row. */
  async function parquet(select: string): Promise<string> {
    const folder = folderWith();
    const connection = await (await DuckDBInstance.create()).connect();
    await connection.run(
      `COPY (SELECT ${select}) TO '${folder}/t.parquet' (COMPRESSION uncompressed)`,
    );
    connection.closeSync();
    return folder;
  }
  const stdin = Readable.from([]);

  test("types come from the file; long whole numbers and times are text", async () => {
    const cwd = await parquet(`1::TINYINT AS i, 2.5::DECIMAL(10, 2) AS d, 1.5::FLOAT AS f,
      9007199254740993 AS big, true AS b, DATE '2020-01-01' AS day,
      TIMESTAMP '2020-01-01 12:00:00' AS stamp, TIME '12:30:00' AS time, 'x' AS t, NULL::INTEGER AS n`);
    expect(columns(await readTable("t.parquet", { cwd, stdin }))).toEqual([
      ["i", "number", [1]],
      ["d", "number", [2.5]],
      ["f", "number", [1.5]],
      ["big", "text", ["9007199254740993"]],
      ["b", "boolean", [true]],
      ["day", "date", [18262]],
      ["stamp", "date", [18262.5]],
      ["time", "text", ["12:30:00"]],
      ["t", "text", ["x"]],
      ["n", "text", [null]],
    ]);
  });

  test("texts that count as missing are found among numbers by their value", async () => {
    const cwd = await parquet(
      "-999::DOUBLE AS d, -999::BIGINT AS big, 'n/a' AS t, 1.5::FLOAT AS f",
    );
    const table = await readTable("t.parquet", { cwd, stdin, missing: ["-999", "n/a"] });
    expect(columns(table)).toEqual([
      ["d", "text", [null]],
      ["big", "text", [null]],
      ["t", "text", [null]],
      ["f", "number", [1.5]],
    ]);
  });

  test("a nested column is an error, unless its text is asked for", async () => {
    const cwd = await parquet("[1, 2] AS list, {'x': 1, 'list': 2} AS struct, 3 AS x");
    await expect(readTable("t.parquet", { cwd, stdin })).rejects.toThrow(
      /column "list" holds "\[1/,
    );
    const table = await readTable("t.parquet", { cwd, stdin, otherTypes: "text" });
    expect(columns(table)).toEqual([
      ["list", "text", ["[1, 2]"]],
      ["struct", "text", ["{'x': 1, 'list': 2}"]],
      ["x", "text", ["3"]],
    ]);
  });

  test("a list of numbers is nested too, and not a number that is missing", async () => {
    const cwd = await parquet("[1.5::DOUBLE] AS list");
    await expect(readTable("t.parquet", { cwd, stdin })).rejects.toThrow(/is not a single value/);
  });

  test("whole numbers of up to 15 digits are numbers", async () => {
    const cwd = await parquet(
      "999999999999999 AS a, -999999999999999::HUGEINT AS b, 5::UBIGINT AS c",
    );
    const { columns } = await readTable("t.parquet", { cwd, stdin });
    expect(columns.map(({ type }) => type)).toEqual(["number", "number", "number"]);
  });

  test("NaN in a column of floats is an error", async () => {
    const cwd = await parquet("'NaN'::DOUBLE AS x");
    await expect(readTable("t.parquet", { cwd, stdin })).rejects.toThrow(
      't.parquet, row 1: column "x" holds NaN, which is not a finite number',
    );
  });

  test("two columns of one name are an error, and not renamed", async () => {
    const cwd = await parquet("1 AS aa, 2 AS ab");
    const path = join(cwd, "t.parquet");
    writeFileSync(path, Buffer.from(readFileSync(path, "latin1").replaceAll("ab", "aa"), "latin1"));
    await expect(readTable("t.parquet", { cwd, stdin })).rejects.toThrow('got "aa" twice');
  });

  test("a file that is none is an error", async () => {
    expect(await failure("a,b\n1,2\n", "t.parquet")).toMatchObject({
      code: "data",
      message:
        "t.parquet cannot be read: it is not a Parquet file, expected CSV, TSV, JSON, NDJSON, Parquet, DuckDB or IDX",
    });
    expect(await failure("PAR1 and then nothing", "t.parquet")).toMatchObject({ code: "data" });
  });
});
