/** What is wrong with an input, an option or an output: the words, the exit code, and nothing is written. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { priceModel } from "./models.ts";
import { folderWith, nabla } from "./support.ts";

const lines = (...rows: string[]) => rows.map((row) => `${row}\n`).join("");
const numbers = Array.from({ length: 20 }, (_, i) => `${i},${2 * i + 0.5}`);
const table = lines("x,y", ...numbers);
const withCell = (cell: string) => lines("x,y", ...numbers, `3,${cell}`);

/** A device that is always full, where the system has it. */
const FULL = "/dev/full";

interface Case {
  readonly content?: string | Uint8Array;
  readonly args?: string;
  readonly code: number;
  readonly message: string;
}

/** `nabla train t.csv --target y` with more arguments, where t.csv holds this. */
const trainings: Readonly<Record<string, Case>> = {
  "a missing file": {
    args: "--target y none.csv",
    code: 66,
    message: "none.csv cannot be opened: no such file or directory",
  },
  "a folder": { args: ". --target y", code: 65, message: ". is a folder, expected a file" },
  "an unreadable format": {
    content: new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]),
    code: 65,
    message:
      "t.csv cannot be read: it is not text, expected CSV, TSV, JSON, NDJSON, Parquet, DuckDB or IDX",
  },
  "an empty table": {
    content: "",
    code: 65,
    message: "t.csv cannot be read: it is empty, expected a table",
  },
  "a header only": {
    content: "x,y\n",
    code: 65,
    message: "t.csv: expected rows of data, got none",
  },
  "an unknown target": {
    content: table.replace("y", "price"),
    args: "--target prise t.csv",
    code: 64,
    message: 't.csv has no column "prise"; did you mean "price"? columns: x, price',
  },
  "a target without any value": {
    content: lines("x,y", "1,", "2,", "3,", "4,"),
    code: 65,
    message: 't.csv: the target "y" has no value in 4 rows',
  },
  "one class only": {
    content: lines("x,y", ...Array.from({ length: 20 }, (_, i) => `${i},red`)),
    code: 65,
    message: 't.csv: the target "y" needs two classes or more, got only "red"',
  },
  "one row": {
    content: lines("x,y", "1,2.5"),
    code: 65,
    message: "t.csv: training needs at least 3 rows with a target, got 1",
  },
  "ragged rows": {
    content: lines("x,y", ...numbers, "1,2,3"),
    code: 65,
    message:
      "t.csv, row 21: expected 2 cells, got 3; put a cell that holds the delimiter in quotes",
  },
  "not a number": {
    content: withCell("NaN"),
    code: 65,
    message: 't.csv, row 21: column "y" holds NaN, which is not a finite number; ',
  },
  infinity: {
    content: withCell("Infinity"),
    code: 65,
    message: 't.csv, row 21: column "y" holds Infinity, which is not a finite number; ',
  },
  "minus infinity": {
    content: withCell("-inf"),
    code: 65,
    message: 't.csv, row 21: column "y" holds -Infinity, which is not a finite number; ',
  },
  "text among numbers": {
    content: withCell("n/a"),
    code: 65,
    message:
      't.csv, row 21: column "y" holds "n/a", which is not a number; ' +
      'name it with --missing "n/a" to treat it as missing, or leave the column out with --ignore',
  },
  "two columns of the same name": {
    content: lines("x,y,x", "1,2,3"),
    code: 65,
    message: 't.csv: expected a different name for each column, got "x" twice',
  },
  "an unknown flag": {
    args: "t.csv --tagret y",
    code: 64,
    message: "unknown option '--tagret'; did you mean --target?",
  },
  "a cost that does not suit quantities": {
    args: "t.csv --target y --cost cross-entropy",
    code: 64,
    message: '--cost "cross-entropy" does not suit regression; known: squared-error, ',
  },
  "a cost that does not suit classes": {
    content: lines("x,y", ...numbers.map((row, i) => `${row}${i % 2 ? "a" : "b"}`)),
    args: "t.csv --target y --cost poisson",
    code: 64,
    message: '--cost "poisson" does not suit classification; known: ',
  },
  "a network that diverges": {
    args: "t.csv --target y --hidden 0 --optimizer sgd --learning-rate 1e6",
    code: 65,
    message: "training diverged in epoch ",
  },
  "a folder that is missing": {
    args: "t.csv --target y --out none/m.safetensors",
    code: 73,
    message: "none/m.safetensors cannot be created: no such file or directory",
  },
  "an output that is a folder": {
    args: "t.csv --target y --out .",
    code: 73,
    message: ". cannot be created: it is a folder",
  },
  ...(existsSync(FULL) && {
    "an output without room": {
      args: `t.csv --target y --epochs 1 --out ${FULL}`,
      code: 74,
      message: `${FULL} could not be written: no space left on device`,
    },
  }),
};

describe.each(Object.entries(trainings))("train, given %s,", (_, { content = table, ...rest }) => {
  const { args = "t.csv --target y", code, message } = rest;
  const files = { "t.csv": content, "t.safetensors": "old" };
  const train = async (...more: string[]) => {
    const cwd = folderWith(files);
    const outcome = await nabla(["train", ...args.split(" "), ...more], { cwd });
    expect(readdirSync(cwd).sort()).toEqual(["t.csv", "t.safetensors"]);
    expect(readFileSync(join(cwd, "t.safetensors"), "utf8")).toBe("old");
    expect(readFileSync(join(cwd, "t.csv"))).toEqual(Buffer.from(content));
    return outcome;
  };

  test("says so in one line, and writes nothing", async () => {
    const { stderr, ...outcome } = await train();
    expect(outcome).toEqual({ code, stdout: "" });
    expect(stderr.trimEnd().split("\n").at(-1)).toContain(`nabla: ${message}`);
  });

  test("says so with --json in one object on stdout", async () => {
    const outcome = await train("--json");
    expect(outcome.code).toBe(code);
    const { error } = JSON.parse(outcome.stdout);
    expect(outcome.stdout.trimEnd()).not.toContain("\n");
    expect(error.message).toContain(message);
    const codes: Record<number, readonly string[]> = {
      ...{ 64: ["usage"], 65: ["data", "diverged"], 66: ["no-input"] },
      ...{ 73: ["cannot-create"], 74: ["io"] },
    };
    expect(codes[code]).toContain(error.code);
  });
});

describe.each([
  ["text among numbers", "n/a", 'column "size" holds "n/a", which is not a number; name it with'],
  ["not a number", "nan", 'column "size" holds NaN, which is not a finite number; '],
  ["infinity", "1e999", 'column "size" holds '],
])("evaluate and predict, given %s,", (_, cell, message) => {
  const files = {
    "m.safetensors": priceModel(),
    "new.csv": lines("size,new,day,price", "4,true,1970-01-01,3", `${cell},true,1970-01-01,3`),
  };
  test.each([["evaluate"], ["predict"]])("%s names row and column", async (command) => {
    const cwd = folderWith(files);
    const args = [command, "m.safetensors", "new.csv"];
    if (command === "predict") args.push("--out", "out.csv");
    const { code, stderr } = await nabla(args, { cwd });
    expect(code).toBe(65);
    expect(stderr).toContain(`nabla: new.csv, row 2: ${message}`);
    expect(readdirSync(cwd).sort()).toEqual(["m.safetensors", "new.csv"]);
  });
});

test("evaluate and predict treat the texts that --missing names as missing", async () => {
  const rows = ["size,new,day,price", "4,true,1970-01-01,13", "n/a,true,1970-01-01,?"];
  const cwd = folderWith({ "m.safetensors": priceModel(), "new.csv": lines(...rows) });
  const args = ["m.safetensors", "new.csv", "--missing", "n/a,?"];
  expect((await nabla(["predict", ...args], { cwd })).stdout).toBe(
    lines("size,new,day,price,prediction", `${rows[1]},13`, `${rows[2]},13`),
  );
  const { stdout } = await nabla(["evaluate", ...args, "--json"], { cwd });
  expect(JSON.parse(stdout)).toMatchObject({ rows: 1, metrics: { rmse: 0, mae: 0 } });
});
