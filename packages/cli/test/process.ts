/** The command as a process of its own, from the sources as they are. */

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "tsdown";
import { afterAll } from "vitest";
import type { Outcome } from "./support.ts";

let built: Promise<string> | undefined;

/** Of this process alone: others may bundle at the same time. */
const folder = join(import.meta.dirname, "dist", String(process.pid));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The bundled command; nabla comes from its sources, as in all tests. */
export const bundle = (): Promise<string> => {
  built ??= build({
    outDir: folder,
    ...{ config: false, cwd: import.meta.dirname, logLevel: "error" },
    entry: { main: "../src/main.ts", "tune-worker": "../src/tuning/worker.ts" },
    ...{ platform: "node", target: "node20", dts: false, fixedExtension: false },
    deps: { alwaysBundle: /^nabla/, neverBundle: /^@duckdb/ },
    inputOptions: { resolve: { conditionNames: ["source", "node", "import", "default"] } },
  }).then(() => join(folder, "main.js"));
  return built;
};

export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly outcome: Promise<Outcome>;
}

/** Starts `nabla` in this folder, in a shell that has run `before`, such as `ulimit -f 1`, `under` another. */
export async function start(
  args: readonly string[],
  { cwd, before = ":", under = [] }: { cwd: string; before?: string; under?: readonly string[] },
): Promise<Running> {
  const script = `${before}; exec "$@"`;
  const command = [...under, process.execPath, await bundle(), ...args];
  const child = spawn("sh", ["-c", script, "sh", ...command], { cwd });
  child.stdin.end();
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => {
      texts[name] += text;
    });
  const outcome = new Promise<Outcome>((resolve) => {
    child.on("close", (code) => resolve({ code: code ?? -1, ...texts }));
  });
  return { child, outcome };
}
