/** Which backend runs a network. */

import { type Backend, evaluateBackend } from "./backend.ts";
import { wasmBackend } from "./compile/backend.ts";
import type { Precision } from "./equations/memory.ts";
import { NablaError, unknownName } from "./errors.ts";

const makers = { evaluate: evaluateBackend, wasm: wasmBackend };

export type BackendName = "auto" | keyof typeof makers;

/**
 * "auto" is WebAssembly where the platform may compile it; elsewhere, as under a strict content
 * security policy, the plain loops of `evaluate`.
 */
export function chooseBackend(name: BackendName, precision: Precision): Backend {
  if (name === "auto") {
    if (!canCompile()) warnOnce();
    return makers[canCompile() ? "wasm" : "evaluate"](precision);
  }
  if (!Object.hasOwn(makers, name))
    throw unknownName("backend", name, ["auto", ...Object.keys(makers)]);
  if (name === "wasm" && !canCompile()) {
    throw new NablaError(
      "usage",
      "this platform does not compile WebAssembly; leave the backend out",
      {
        where: "backend",
        remedy: 'leave it out, or say "evaluate"',
      },
    );
  }
  return makers[name](precision);
}

/** The empty module: its magic number and version. */
const EMPTY = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

let compiles: boolean | undefined;

function canCompile(): boolean {
  if (compiles !== undefined) return compiles;
  try {
    compiles = new WebAssembly.Module(EMPTY) instanceof WebAssembly.Module;
  } catch {
    compiles = false;
  }
  return compiles;
}

let warned = false;

function warnOnce(): void {
  if (warned) return;
  warned = true;
  // biome-ignore lint/suspicious/noConsole: a page that is a hundred times slower wants to know why
  console.warn("nabla: WebAssembly may not be compiled here; networks run in plain loops");
}
