import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadCheckpoint, type TableCheckpoint } from "nabla";
import { expect, test } from "vitest";
import { start } from "../process.ts";
import { folderWith } from "../support.ts";
import { everything, modelIn, table } from "./training.ts";

const files = { "t.csv": table(120) };
const training = [...everything, "--epochs", "4000", "--patience", "4000"];
const kept = ["--checkpoint", "kept", "--checkpoint-every", "200", "--resume"];

const stepsIn = (cwd: string): string[] => {
  const folder = join(cwd, "kept");
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith("step-")) : [];
};

/** Once there is a checkpoint. */
async function interrupted(cwd: string, signals: readonly NodeJS.Signals[]) {
  const { child, outcome } = await start([...training, ...kept], { cwd });
  const before = stepsIn(cwd).length;
  while (stepsIn(cwd).length === before) await new Promise((resolve) => setTimeout(resolve, 5));
  for (const signal of signals) child.kill(signal);
  return outcome;
}

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)(
  "%s: the step is finished and kept, %i, and the training goes on there",
  async (signal, exitCode) => {
    const cwd = folderWith(files);
    const { code, stderr } = await interrupted(cwd, [signal]);
    expect(code, stderr).toBe(exitCode);
    expect(stderr).toContain("interrupted: t.safetensors holds what was learnt until then");
    const newest = stepsIn(cwd).sort().at(-1)!;
    const { state } = loadCheckpoint(readFileSync(join(cwd, "kept", newest))) as TableCheckpoint;
    const { epoch, step } = state.counters;
    expect(epoch).toBeLessThan(4000);
    expect(readdirSync(join(cwd, "kept"))).not.toContain("lock");

    const { outcome } = await start([...training, ...kept], { cwd });
    expect(JSON.parse((await outcome).stdout).resumed).toEqual({ epoch, step });
    const whole = folderWith(files);
    await (await start(training, { cwd: whole })).outcome;
    expect(modelIn(cwd).equals(modelIn(whole))).toBe(true);
  },
);

test("a second signal ends it at once, and what was kept is sound", async () => {
  const cwd = folderWith(files);
  const { code, stdout } = await interrupted(cwd, ["SIGINT", "SIGTERM"]);
  expect([130, 143]).toContain(code); // whichever the system delivers last
  expect(stdout).toBe("");
  expect(readdirSync(cwd).sort()).toEqual(["kept", "t.csv"]);
  for (const name of stepsIn(cwd)) loadCheckpoint(readFileSync(join(cwd, "kept", name)));
  const { outcome } = await start([...training, ...kept], { cwd });
  const { stderr, ...resumed } = await outcome;
  expect(resumed.code).toBe(0);
  expect(stderr).toContain("is taken over");
  expect(JSON.parse(resumed.stdout).resumed.epoch).toBeGreaterThan(0);
});
