import { describe, expect, test } from "vitest";
import { columns, failure, type Options, read } from "./reading.ts";

describe("types", () => {
  test("numbers, text, booleans and dates are told apart by the whole column", async () => {
    const table = await read(
      "n,t,b,d\n1.5,x,true,2020-01-02\n-2e3,y,FALSE,1969-12-31 12:00\n.5,1,True,1970-01-01T06:00:00+06:00\n",
    );
    expect(table.rows).toBe(3);
    expect(columns(table)).toEqual([
      ["n", "number", [1.5, -2000, 0.5]],
      ["t", "text", ["x", "y", "1"]],
      ["b", "boolean", [true, false, true]],
      ["d", "date", [18263, -0.5, 0]],
    ]);
  });

  test("an empty cell is missing: NaN among numbers and dates, null among text and booleans", async () => {
    const table = await read('n,t,b,d,e\n1,x,true,2020-01-01,\n,"",,,\n');
    expect(columns(table)).toEqual([
      ["n", "number", [1, Number.NaN]],
      ["t", "text", ["x", null]],
      ["b", "boolean", [true, null]],
      ["d", "date", [18262, Number.NaN]],
      ["e", "text", [null, null]],
    ]);
  });

  test("what may be a name stays text as it stands: leading zeros, long digits, yes and no", async () => {
    const table = await read(
      "zip,id,yes,day,space\n01234,9007199254740993,yes,31/01/2020, x \n5,7,no,01/02/2020,y\n",
    );
    expect(columns(table)).toEqual([
      ["zip", "text", ["01234", "5"]],
      ["id", "text", ["9007199254740993", "7"]],
      ["yes", "text", ["yes", "no"]],
      ["day", "text", ["31/01/2020", "01/02/2020"]],
      ["space", "text", [" x ", "y"]],
    ]);
  });

  test("names of columns lose the spaces around them, unless these are in quotes", async () => {
    const table = await read(' a ,"b" ," c ", "d ""e""","",\n1,2,3,4,5,6\n');
    const names = ["a", "b", " c ", 'd "e"', "column 5", "column 6"];
    expect(table.columns.map(({ name }) => name)).toEqual(names);
  });

  test("a day that is in no calendar makes a column of text", async () => {
    const table = await read("d\n2020-02-30\n2020-02-29\n");
    expect(columns(table)).toEqual([["d", "text", ["2020-02-30", "2020-02-29"]]]);
  });

  test("the last of 5000 rows decides the type too", async () => {
    const table = await read(`a,b\n${"1,1\n".repeat(4999)}x1,2\n`.replace("x1", "2020-01-01"));
    expect(table.columns.map(({ type }) => type)).toEqual(["text", "number"]);
  });

  test("labels keep their exact spelling where text is asked for", async () => {
    const options: Options = { types: new Map([["a", "text"]]) };
    const table = await read(
      'a,b\n1,1\n1.0,2\n01,3\nNaN,4\n😀,5\n"a, ""b""",6\n',
      "t.csv",
      options,
    );
    expect(columns(table)).toEqual([
      ["a", "text", ["1", "1.0", "01", "NaN", "😀", 'a, "b"']],
      ["b", "number", [1, 2, 3, 4, 5, 6]],
    ]);
  });

  test("digits with leading zeros are numbers where numbers are asked for", async () => {
    const types = new Map([["a", "number"]] as const);
    expect(columns(await read("a\n007\n1\n", "t.csv", { types }))).toEqual([
      ["a", "number", [7, 1]],
    ]);
  });
});

describe("bad cells", () => {
  test("text in a column of numbers names the row, the column and the remedy", async () => {
    const types = new Map([["petal width", "number"]] as const);
    const lines = Array.from({ length: 20 }, (_, i) => (i === 16 ? "n/a" : String(i)));
    const content = `petal width,b\n${lines.map((cell) => `${cell},x\n`).join("")}`;
    expect(await failure(content, "new.csv", { types })).toEqual({
      code: "data",
      message:
        'new.csv, row 17: column "petal width" holds "n/a", which is not a number; ' +
        'name it with --missing "n/a" to treat it as missing',
      where: "new.csv, row 17",
      expected: "a number",
      got: '"n/a"',
      remedy: 'name it with --missing "n/a" to treat it as missing',
    });
  });

  test("a few words among many numbers are an error, and many are text", async () => {
    const column = (words: number) =>
      `a\n${Array.from({ length: 20 }, (_, i) => (i < 20 - words ? i : "?")).join("\n")}\n`;
    expect((await failure(column(2))).message).toMatch(/^t\.csv, row 19: column "a" holds "\?", /);
    expect((await read(column(3))).columns[0]?.type).toBe("text");
  });

  test.each([
    ["nan", "NaN"],
    ["-Infinity", "-Infinity"],
    ["1e400", "Infinity"],
  ])("%s among numbers is an error with row and column", async (cell, got) => {
    const { code, message } = await failure(`a,b\n1,2\n3,${cell}\n`);
    expect(code).toBe("data");
    expect(message).toMatch(`t.csv, row 2: column "b" holds ${got}, which is not a finite number`);
  });

  test("dates and booleans that are asked for are checked too", async () => {
    const types = new Map([
      ["d", "date"],
      ["b", "boolean"],
    ] as const);
    const dates = await failure("d,b\n2020-01-01,true\n1/2/2020,true\n", "t.csv", { types });
    expect(dates).toMatchObject({ where: "t.csv, row 2", got: '"1/2/2020"' });
    const booleans = await failure("d,b\n2020-01-01,yes\n", "t.csv", { types });
    expect(booleans).toMatchObject({ where: "t.csv, row 1", expected: "true or false" });
  });
});

test("the cells are kept as they stand, next to their values", async () => {
  const table = await read("a,b\n5.0,2020-01-01\n,TRUE\n", "t.csv", {
    types: new Map([["a", "number"]] as const),
    otherTypes: "text",
    keepCells: true,
  });
  expect(columns(table)[0]).toEqual(["a", "number", [5, Number.NaN]]);
  expect(table.cells).toEqual([
    ["5.0", null],
    ["2020-01-01", "TRUE"],
  ]);
});
