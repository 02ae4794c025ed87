/** The runtimes that `npm ci` in this folder installs. */

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Values of a graph: numbers or texts, row-major. */
export interface Values {
  readonly type: "float32" | "float64" | "int64" | "string";
  readonly data: Float32Array | Float64Array | BigInt64Array | readonly string[];
  readonly dims: readonly number[];
}

export type NamedValues = Readonly<Record<string, Values>>;

/** Runs the model of these bytes on values by the names of its inputs. */
export type Run = (model: Uint8Array, inputs: NamedValues) => Promise<NamedValues>;

/** What both of them export, as far as it is used here. */
interface OnnxRuntime {
  readonly InferenceSession: {
    create(model: Uint8Array, options: { readonly logSeverityLevel: number }): Promise<Session>;
  };
  readonly Tensor: new (
    type: Values["type"],
    data: Values["data"],
    dims: readonly number[],
  ) => Values;
}

interface Session {
  run(inputs: NamedValues): Promise<NamedValues>;
  release(): Promise<void>;
}

const ERRORS_ONLY = 3;
const names = ["onnxruntime-node", "onnxruntime-web"];
const isInstalled = (name: string): boolean =>
  existsSync(join(import.meta.dirname, "node_modules", name));

export const runtimes: ReadonlyMap<string, Run> = new Map(
  names.filter(isInstalled).map((name) => [name, runner(name)]),
);

export const missing: readonly string[] = names.filter((name) => !isInstalled(name));

function runner(name: string): Run {
  const path = createRequire(import.meta.url).resolve(name);
  const loading = import(pathToFileURL(path).href) as Promise<{ readonly default: OnnxRuntime }>;
  return async (model, inputs) => {
    const { InferenceSession, Tensor } = (await loading).default;
    const session = await InferenceSession.create(model, { logSeverityLevel: ERRORS_ONLY });
    const tensors = Object.entries(inputs).map(
      ([name, { type, data, dims }]) => [name, new Tensor(type, data, dims)] as const,
    );
    try {
      return await session.run(Object.fromEntries(tensors));
    } finally {
      await session.release();
    }
  };
}
