/** The command as a process of its own, from the sources as they are. */

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { join } from "node:path";
import { build } from "tsdown";
import type { Outcome } from "./support.ts";

let built: Promise<string> | undefined;

/** The bundled command; nabla comes from its sources, as in all tests. */
const bundle = (): Promise<string> => {
  built ??= build({
    ...{ config: false, cwd: import.meta.dirname, entry: "../src/main.ts", logLevel: "error" },
    ...{ platform: "node", target: "node20", dts: false, fixedExtension: false },
    deps: { alwaysBundle: /^nabla/, neverBundle: /^@duckdb/ },
    inputOptions: { resolve: { conditionNames: ["source", "node", "import", "default"] } },
  }).then(() => join(import.meta.dirname, "dist", "main.js"));
  return built;
};

export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly outcome: Promise<Outcome>;
}

/** Starts `nabla` in this folder, in a shell that has run `before`, such as `ulimit -f 1`. */
export async function start(
  args: readonly string[],
  { cwd, before = ":" }: { cwd: string; before?: string },
): Promise<Running> {
  const script = `${before}; exec "$@"`;
  const command = [process.execPath, await bundle(), ...args];
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
