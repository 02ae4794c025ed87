/** docs/tables.md, executed: its examples, and its table of cells. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { folderWith, nabla } from "../support.ts";
import { inDatabase } from "./database.ts";
import { columns, readIn } from "./reading.ts";

const page = readFileSync(join(import.meta.dirname, "../../../../docs/tables.md"), "utf8");

/** The commands of a block, without those that need a server. */
const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```/g)]
  .map(([, text]) => text!.trim().split("\n"))
  .filter(([first]) => !first!.includes("postgres://"));

/** `a 'b c' "d"` → a, b c, d. */
const words = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c!);

const rows = Array.from({ length: 40 }, (_, n) => ({
  name: `n${n % 5}`,
  x: n,
  price: 2 * n + 0.5,
}));
const csv = `name,x,price\n${rows.map(({ name, x, price }) => `${name},${x},${price}\n`).join("")}`;
const idx = (extents: number[], elements: number[]) =>
  gzipSync(
    Uint8Array.from([
      0,
      0,
      8,
      extents.length,
      ...extents.flatMap((n) => [0, 0, 0, n]),
      ...elements,
    ]),
  );

/** The files that the examples name. */
async function exampleFolder(): Promise<string> {
  const cwd = folderWith({
    "cars.csv": csv,
    "train-images-idx3-ubyte.gz": idx(
      [40, 1, 2],
      rows.flatMap(({ x }) => [x, 40 - x]),
    ),
    "train-labels-idx1-ubyte.gz": idx(
      [40],
      rows.map(({ x }) => x % 2),
    ),
  });
  mkdirSync(join(cwd, "data"));
  for (const month of ["01", "02"])
    writeFileSync(join(cwd, `data/2024-${month}.csv.gz`), gzipSync(csv));
  await inDatabase(
    join(cwd, "shop.duckdb"),
    `create table orders as select x as pieces, price from '${cwd}/cars.csv'`,
    "create table others as select 1 as x",
    `copy (select 'n' || n as name, n as seats from range(5) t(n)) to '${cwd}/seats.parquet'`,
  );
  return cwd;
}

test.each(blocks)("the examples that begin with %s run", async (...lines) => {
  const cwd = await exampleFolder();
  for (const line of lines) {
    const piped = /^cat (\S+) \| (.*)$/.exec(line);
    const [command, ...args] = words(piped?.[2] ?? line);
    expect(command).toBe("nabla");
    const stdin = piped === null ? "" : readFileSync(join(cwd, piped[1]!), "utf8");
    const epochs = args[0] === "train" ? ["--epochs", "1"] : [];
    const { code, stderr } = await nabla([...args, ...epochs], { cwd, stdin });
    expect({ line, code, stderr: code === 0 ? "" : stderr }).toEqual({ line, code: 0, stderr: "" });
  }
});

/** `caf\xe9` → the bytes of the file. */
const bytesOf = (text: string): Buffer =>
  Buffer.concat(
    text
      .split(/(\\x[0-9a-f]{2})/)
      .map((part) =>
        part.startsWith("\\x")
          ? Buffer.from(part.slice(2), "hex")
          : Buffer.from(part.replace(/\\u[0-9a-f]{4}|\\[nrt0]/g, unescaped)),
      ),
  );

const unescaped = (code: string): string => (code === "\\0" ? "\0" : JSON.parse(`"${code}"`));

/** `a` × 3 → aaa; undefined where no cell is written. */
function cellOf(text: string): Buffer | undefined {
  const [, cell, times = "1"] = /^`(.*)`(?: × (\d+))?$/.exec(text) ?? [];
  return cell === undefined ? undefined : bytesOf(cell.repeat(Number(times)));
}

const cells = [...page.matchAll(/^\| (nothing|`.*?`(?: × \d+)?) \| (.*?) \| (.*?) \|$/gm)]
  .map(([, cell, among, label]) => ({ cell: cell!, among: among!, label: label! }))
  .filter(({ among }) => /^(error: |missing|text|`)/.test(among));

/** A table of twenty rows, and one with the cell in the column x. */
const tableWith = (cell: string, others: readonly string[]): Buffer =>
  Buffer.concat([
    Buffer.from("x,y\n"),
    ...Array.from({ length: 20 }, (_, n) =>
      Buffer.from(`${others[n % others.length]},${n + 0.5}\n`),
    ),
    cellOf(cell) ?? Buffer.from(""),
    Buffer.from(",3.5\n"),
  ]);

test("at least forty cells are told of", () => {
  expect(cells.length).toBeGreaterThanOrEqual(40);
});

const flags = "--epochs 1 --hidden 0 --validation 0 --test 0 --json".split(" ");

describe.each(cells)("the cell $cell", ({ cell, among, label }) => {
  const error = (text: string) => /^error: (.*)$/.exec(text)?.[1];

  test(`among numbers is ${among}`, async () => {
    const cwd = folderWith({ "t.csv": tableWith(cell, ["1", "2", "3", "4"]) });
    const { code, stdout } = await nabla(["train", "t.csv", "--target", "y", ...flags], { cwd });
    if (error(among) !== undefined) {
      expect(JSON.parse(stdout)).toMatchObject({
        error: { message: expect.stringContaining(error(among)!) },
      });
      expect(code).toBe(65);
      return;
    }
    expect(code).toBe(0);
    const [x] = columns(await readIn(cwd, "t.csv"));
    const [, type, values] = x as [string, string, (number | string | null)[]];
    const value = among === "missing" ? Number.NaN : Number(cellOf(among));
    expect(type).toBe(among === "text" ? "text" : "number");
    if (type === "number") expect(values.at(-1)).toBe(value);
  });

  test(`as a label is ${label}`, async () => {
    const cwd = folderWith({ "t.csv": tableWith(cell, ["more", "other"]) });
    const target = ["--target", "x", "--task", "classification"];
    const { code, stdout } = await nabla(["train", "t.csv", ...target, ...flags], { cwd });
    const result = JSON.parse(stdout);
    if (error(label) !== undefined) {
      expect(result).toMatchObject({ error: { message: expect.stringContaining(error(label)!) } });
      expect(code).toBe(65);
      return;
    }
    const own = label === "missing" ? [] : [cellOf(label)!.toString()];
    expect([...result.classes].sort()).toEqual([...own, "more", "other"].sort());
  });
});
