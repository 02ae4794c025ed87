// What a process costs before and around the training, and how it goes on: whole processes, started anew
// each time.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { median } from "./measure.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const script = (name) => fileURLToPath(new URL(name, import.meta.url));

const runs = (count, once) => Array.from({ length: count }, once);

function complaint({ status, stderr, error }) {
  const said = stderr?.trim().split("\n").at(-1);
  return error?.message ?? (said ? `exit code ${status}: ${said}` : `exit code ${status}`);
}

/**
 * Of the first gradients in a process: the seconds since the import. Of the first epoch in a process:
 * samples a second, and its part of the steady rate, alone and with all that `train` does before it.
 */
export function measureFirstCall({ executable, name }, count) {
  const ask = (file) => spawnSync(executable, [script(file)], { encoding: "utf8" });
  const replies = runs(count, () => [ask("first-gradients.js"), ask("first-call.js")]);
  const broken = replies.flat().find(({ status }) => status !== 0);
  if (broken !== undefined) return { name, failure: complaint(broken) };
  const found = replies.map(([gradients, epoch]) => ({
    ...JSON.parse(gradients.stdout),
    ...JSON.parse(epoch.stdout),
  }));
  const medianOf = (read) => median(found.map(read));
  return {
    name,
    compiled: medianOf(({ compiled }) => compiled),
    built: medianOf(({ built }) => built),
    before: medianOf(({ before }) => before),
    first: medianOf(({ first }) => first),
    steady: medianOf(({ steady }) => steady),
    part: medianOf(({ first, steady }) => first / steady),
    partOfAll: medianOf(({ all, steady }) => all / steady),
  };
}

/** Of a hundred thousand steps: thousands a second; and the seconds in which an abort is answered. */
export function measureLongRun({ executable, name }, count) {
  const ask = () => spawnSync(executable, [script("long-run.js")], { encoding: "utf8" });
  const replies = runs(count, ask);
  const broken = replies.find(({ status }) => status !== 0);
  if (broken !== undefined) return { name, failure: complaint(broken) };
  const found = replies.map(({ stdout }) => JSON.parse(stdout));
  const medianOf = (key) => median(found.map((run) => run[key]));
  const keys = ["first", "middle", "last", "grown"];
  return {
    name,
    ...Object.fromEntries(keys.map((key) => [key, medianOf(key)])),
    answered: Math.max(...found.map(({ answered }) => answered)),
  };
}

const table = "node_modules/vega-datasets/data/penguins.json";
const training = ["packages/cli/bin/nabla.js", "train", table, "--target", "Species"];

/** Wall-clock seconds of the README's first command, from the start of its process to its end. */
export function measureCommand({ executable, name }, count) {
  const folder = mkdtempSync(join(tmpdir(), "nabla-bench-"));
  try {
    const model = join(folder, "penguins.safetensors");
    const args = [...training, "--out", model];
    const taken = runs(count, () => {
      const started = performance.now();
      const reply = spawnSync(executable, args, { cwd: root, encoding: "utf8" });
      return { ...reply, seconds: (performance.now() - started) / 1000 };
    });
    const broken = taken.find(({ status }) => status !== 0);
    if (broken !== undefined) return { name, failure: complaint(broken) };
    if (!existsSync(model)) return { name, failure: "it wrote no model" };
    const seconds = taken.map((run) => run.seconds);
    return { name, seconds: median(seconds), most: Math.max(...seconds) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
