import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { expect, test, vi } from "vitest";
import {
  openTableStream,
  type ReadOptions,
  type TableStream,
} from "../../src/tables/table-stream.ts";
import { folderWith } from "../support.ts";
import { inDatabase } from "./database.ts";
import { readIn } from "./reading.ts";

const ROWS = 70_000;
const lines = Array.from({ length: ROWS }, (_, n) => `${n},${n % 7 === 0 ? "" : n / 4}\n`);

const open = (options: Partial<ReadOptions> = {}) =>
  openTableStream("t.csv", {
    cwd: folderWith({ "t.csv": `a,b\n${lines.join("")}` }),
    stdin: Readable.from([]),
    ...options,
  });

async function sums({ pass, columns }: TableStream): Promise<number[]> {
  const totals = columns.map(() => 0);
  for await (const block of pass())
    for (const [i, { values }] of block.columns.entries())
      for (const value of values as Float64Array) totals[i]! += value;
  return totals;
}

test("blocks of some ten thousand rows are the table, in each pass", async () => {
  const stream = await open();
  expect(stream).toMatchObject({
    name: "t.csv",
    rows: ROWS,
    columns: [
      { name: "a", type: "number" },
      { name: "b", type: "number" },
    ],
  });
  for (let pass = 0; pass < 2; pass++) {
    let row = 0;
    for await (const { rows, columns } of stream.pass()) {
      expect(rows).toBeLessThan(40_000);
      const [a, b] = columns.map(({ values }) => values as Float64Array);
      expect([a!.length, b!.length]).toEqual([rows, rows]);
      for (let i = 0; i < rows; i++, row++)
        if (a![i] !== row || !Object.is(b![i], row % 7 === 0 ? Number.NaN : row / 4))
          expect.unreachable(`row ${row} holds ${a![i]}, ${b![i]}`);
    }
    expect(row).toBe(ROWS);
  }
  await stream.dispose();
});

test("passes go on side by side, and one that is left leaves the others alone", async () => {
  const stream = await open();
  for await (const _ of stream.pass()) break;
  const [one, other] = await Promise.all([sums(stream), sums(stream)]);
  expect(one).toEqual(other);
  expect(one).toEqual(await sums(stream));
  await stream.dispose();
});

test("a stream may be disposed of in the middle of a pass", async () => {
  const stream = await open();
  let blocks = 0;
  for await (const _ of stream.pass()) {
    blocks++;
    await stream.dispose();
    break;
  }
  expect(blocks).toBe(1);
});

test("texts that come again, are long, empty, missing or alike in their first letters stay apart", async () => {
  const cwd = folderWith();
  const texts = [
    "",
    "a",
    "a\0",
    "é",
    "twelve bytes",
    "thirteen byte",
    "thirteen byts",
    "😀",
    "\ufeff1",
  ];
  const list = texts.map((text) => `'${text.replace("\0", "' || chr(0) || '")}'`).join(", ");
  await inDatabase(
    join(cwd, "t.duckdb"),
    `create table t as select n, ([${list}, null])[n * 7 % 10 + 1] as t, 'k' || n as k, 'alike in' || printf('%04x', n % 65536) as last from range(100_000) r(n)`,
  );
  const { columns } = await readIn(cwd, "t.duckdb");
  const expected = (n: number) => [
    n,
    texts[(n * 7) % 10] ?? null,
    `k${n}`,
    `alike in${(n % 65536).toString(16).padStart(4, "0")}`,
  ];
  for (let n = 0; n < 100_000; n++) {
    const row = columns.map(({ values }) => values[n]);
    if (JSON.stringify(row) !== JSON.stringify(expected(n))) expect(row).toEqual(expected(n));
  }
});

test("standard input is copied once, read twice, and the copy removed", async () => {
  const folder = folderWith({});
  vi.stubEnv("TMPDIR", folder);
  const stdin = Readable.from([Buffer.from("a,b\n1,2\n3,4\n")]);
  const stream = await openTableStream("-", { cwd: "/", stdin });
  expect(await sums(stream)).toEqual([4, 6]);
  expect(await sums(stream)).toEqual([4, 6]);
  expect(readdirSync(folder)).toHaveLength(1);
  await stream.dispose();
  expect(readdirSync(folder)).toEqual([]);
  vi.unstubAllEnvs();
});

test("an abort ends a pass with its reason", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const stream = await open({ signal });
  const pass = async () => {
    for await (const _ of stream.pass()) controller.abort("SIGINT");
  };
  await expect(pass()).rejects.toBe("SIGINT");
  await stream.dispose();
});
