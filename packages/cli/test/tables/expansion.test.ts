import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { refuseExpansion } from "../../src/tables/expansion.ts";
import { folderWith } from "../support.ts";
import { inDatabase } from "./database.ts";
import { failureOf, readIn } from "./reading.ts";

const LIMIT = "expected a file that grows at most 100 times when it is decompressed, got";
const MIB = 1 << 20;

test.each([
  ["zeros", "\0"],
  ["rows", "1\n"],
  ["one line", "1"],
])("a gzip file of 300 MiB of %s ends by the limit", async (_, unit) => {
  const mebibyte = gzipSync(unit.repeat(MIB / unit.length)); // members of one file follow each other
  const bytes = Buffer.concat([gzipSync("a\n"), ...Array.from({ length: 300 }, () => mebibyte)]);
  const cwd = folderWith({ "t.csv.gz": bytes });
  expect(await failureOf(readIn(cwd, "t.csv.gz"))).toMatchObject({
    code: "data",
    message: expect.stringContaining(`t.csv.gz: ${LIMIT} more than 256 MiB`),
  });
});

test("a small gzip file may grow further, and a large one a hundredfold", async () => {
  const cwd = folderWith({ "t.csv.gz": gzipSync(`a\n${"1\n".repeat(1e6)}`) }); // 2000 times
  expect((await readIn(cwd, "t.csv.gz")).rows).toBe(1e6);
});

test.each([
  [
    "one long text",
    "select repeat('x', 1_500_000) as a from range(200)",
    `${LIMIT} 300000000 bytes`,
  ],
  ["a text too long", "select repeat('x', 2_000_001) as a", "which is not a text of at most 2 MB"],
])("a Parquet file of %s ends by a limit", async (_, select, message) => {
  const cwd = folderWith();
  const path = join(cwd, "t.parquet");
  await inDatabase(":memory:", `copy (${select}) to '${path}' (compression zstd)`);
  expect(await failureOf(readIn(cwd, "t.parquet"))).toMatchObject({
    code: "data",
    message: expect.stringContaining(message),
  });
});

test("a file holds at most a hundred cells a byte, and 2²⁸ where it is small", async () => {
  const path = join(folderWith({ small: "x", large: new Uint8Array(3_000_000) }), "small");
  const source = { name: "t", path, dispose: async () => {} };
  const cells = (amount: number) => ({ amount, unit: "cells" }) as const;
  await refuseExpansion(source, cells(2 ** 28));
  expect(await failureOf(refuseExpansion(source, cells(2 ** 28 + 1)))).toMatchObject({
    got: "268435457 cells",
  });
  const large = { ...source, path: path.replace("small", "large") };
  await refuseExpansion(large, cells(300_000_000));
  expect(await failureOf(refuseExpansion(large, cells(300_000_001)))).toMatchObject({
    code: "data",
  });
});
