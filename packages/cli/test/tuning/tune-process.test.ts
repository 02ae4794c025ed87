/** What only processes show: threads, and a search that is killed. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { bundle, start } from "../process.ts";
import { folderWith } from "../support.ts";

const rows = Array.from({ length: 60 }, (_, n) => `${((n * 37) % 60) / 15 - 2},${Math.sin(n)}`);
const table = `x,y\n${rows.join("\n")}\n`;
const args = [
  ...["tune", "t.csv", "--target", "y", "--count", "6", "--reduction", "2", "--epochs", "12"],
  ...["--layers", "1", "--units", "4..8", "--json"],
];

const run = async (cwd: string, workers: number) =>
  (await start([...args, "--workers", String(workers)], { cwd })).outcome;

const trialsOf = (cwd: string): object[] =>
  readFileSync(join(cwd, "t.trials.ndjson"), "utf8")
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => {
      const { seconds, ...trial } = JSON.parse(line);
      return trial;
    });
const sorted = (trials: readonly object[]) => trials.map((trial) => JSON.stringify(trial)).sort();
const model = (cwd: string) => readFileSync(join(cwd, "t.safetensors"));

beforeAll(async () => {
  await bundle();
}, 120_000);

test("any number of threads gives the same trials and the same model", async () => {
  const one = folderWith({ "t.csv": table });
  const { code, stderr } = await run(one, 1);
  expect([code, stderr]).toEqual([0, expect.stringContaining("rung 1/3")]);
  for (const workers of [2, 3]) {
    const cwd = folderWith({ "t.csv": table });
    expect((await run(cwd, workers)).code).toBe(0);
    expect(sorted(trialsOf(cwd))).toEqual(sorted(trialsOf(one)));
    expect(model(cwd).equals(model(one))).toBe(true);
  }
});

test("killed again and again, it ends as if it had never been", async () => {
  const whole = folderWith({ "t.csv": table });
  await run(whole, 2);
  const cwd = folderWith({ "t.csv": table });
  const file = join(cwd, "t.trials.ndjson");
  let kills = 0;
  for (const wanted of [1, 3, 6]) {
    const { child, outcome } = await start([...args, "--workers", "2"], { cwd });
    const watch = setInterval(() => {
      if (existsSync(file) && trialsSoFar(file) >= wanted) child.kill("SIGKILL");
    }, 2);
    if ((await outcome).code === -1) kills++;
    clearInterval(watch);
  }
  expect(kills).toBeGreaterThan(0);
  expect((await run(cwd, 2)).code).toBe(0);
  expect(sorted(trialsOf(cwd))).toEqual(sorted(trialsOf(whole)));
  expect(model(cwd).equals(model(whole))).toBe(true);
});

const trialsSoFar = (file: string) => readFileSync(file, "utf8").split("\n").length - 2;

test("an interruption keeps what is done, says so, and ends with 130", async () => {
  const cwd = folderWith({ "t.csv": table });
  const long = args.map((arg) => (arg === "12" ? "4000" : arg));
  const { child, outcome } = await start([...long, "--workers", "2", "--patience", "4000"], {
    cwd,
  });
  const file = join(cwd, "t.trials.ndjson");
  const watch = setInterval(() => {
    if (!existsSync(file) || trialsSoFar(file) < 2) return;
    child.kill("SIGINT");
    clearInterval(watch); // a second one would end it at once
  }, 2);
  const { code, stderr, stdout } = await outcome;
  clearInterval(watch);
  expect(code).toBe(130);
  expect(stderr).toMatch(/^t\.trials\.ndjson keeps \d+ trials; the same command goes on$/m);
  expect(JSON.parse(stdout).error.code).toBe("SIGINT");
  expect(trialsOf(cwd).length).toBeGreaterThanOrEqual(2);
  expect(existsSync(join(cwd, "t.safetensors"))).toBe(false);
});
