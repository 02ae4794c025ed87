/** The README's examples are run, and what they print is looked at. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";

const root = join(import.meta.dirname, "../../..");
const folder = mkdtempSync(join(import.meta.dirname, "readme-"));
afterAll(() => rmSync(folder, { recursive: true }));

const readme = readFileSync(join(root, "README.md"), "utf8");
const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1] ?? "");

/** Runs an example; the arguments of each console.log. */
async function run(example: string): Promise<unknown[][]> {
  const file = join(folder, `example-${examples.indexOf(example)}.ts`);
  writeFileSync(file, example);
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  await import(file);
  const printed = log.mock.calls;
  log.mockRestore();
  return printed;
}

test("the network in layers learns the exclusive or", async () => {
  const printed = await run(examples[0] ?? "");
  expect(printed.slice(0, 5).map(([epoch]) => epoch)).toEqual([100, 200, 300, 400, 500]);
  const predictions = printed[5]?.[0] as number[][];
  for (const [row, target] of [0, 1, 1, 0].entries()) {
    expect(predictions[row]?.[0]).toBeCloseTo(target, 1);
  }
  expect(printed[6]?.[0]).toHaveLength(6);
});

test("the network in equations takes a step", async () => {
  expect(await run(examples[1] ?? "")).toEqual([]);
});

test("the model of rows predicts a price, and is sound", async () => {
  const [price, metrics, findings] = (await run(examples[2] ?? "")).flat() as [
    number,
    object,
    object,
  ];
  expect(Math.abs(price - 9)).toBeLessThan(0.2);
  expect(metrics).toHaveProperty("r2");
  expect(findings).toEqual([]);
  expect(examples).toHaveLength(3);
});
