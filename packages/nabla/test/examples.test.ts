/** The examples are run, and what they print is looked at. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";

const folder = join(import.meta.dirname, "../../../examples");

/** What an example prints: the arguments of each console.log. */
async function run(name: string): Promise<unknown[][]> {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    await import(join(folder, name));
    return [...log.mock.calls];
  } finally {
    log.mockRestore();
  }
}

test("each has fewer than 40 lines", () => {
  const names = readdirSync(folder);
  expect(names).toEqual(["equations.ts", "fashion-mnist.ts", "penguins.ts", "xor.ts"]);
  for (const name of names) {
    const lines = readFileSync(join(folder, name), "utf8").trimEnd().split("\n").length;
    expect(lines, name).toBeLessThan(40);
  }
});

test("xor: the predictions are 0, 1, 1, 0 to the nearest tenth", async () => {
  const predictions = (await run("xor.ts")).at(-1)?.[0] as number[][];
  expect(predictions.map(([p]) => Math.round(10 * p!) / 10)).toEqual([0, 1, 1, 0]);
});

test("equations: three units are enough to tell eight patterns apart", async () => {
  const outputs = (await run("equations.ts")).at(-1)?.[0] as number[][];
  const bits = outputs.map((row) => row.map(Math.round));
  expect(bits).toEqual(bits.map((_, n) => bits.map((_, i) => (i === n ? 1 : 0))));
});

test("penguins: at least 95 % of those never seen are named right", async () => {
  const [summary, species, probabilities] = await run("penguins.ts");
  expect(summary?.[1]).toBe(69); //  a fifth of 344
  expect(summary?.[3]).toBeGreaterThanOrEqual(0.95);
  expect(species).toEqual(["Adelie"]);
  const sum = Object.values(probabilities?.[0] as object).reduce((a, b) => a + b);
  expect(sum).toBeCloseTo(1, 6);
});

const dataset = "/usr/share/datasets/fashion-mnist";
const remedy = "bash .ci/run installs it";

if (existsSync(dataset) || process.env.CI === "true") {
  test("fashion-mnist: at least 88 % of the test images are named right", async () => {
    expect(existsSync(dataset), `${dataset}; ${remedy}`).toBe(true);
    const printed = await run("fashion-mnist.ts");
    const [seconds, accuracy] = [printed.at(-2)?.at(-1), printed.at(-1)?.[1]];
    console.info(`Fashion-MNIST: test accuracy ${accuracy}, trained in ${seconds} s`);
    expect(accuracy).toBeGreaterThanOrEqual(0.88);
  }, 600_000); //  about 10 s on one idle core
} else {
  console.warn(`Not tested here: fashion-mnist; ${remedy}.`);
}
