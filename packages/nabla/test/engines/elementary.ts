/** The largest errors of the elementary functions in the engine at hand, as it computes them by default. */

import { wasmBackend } from "../../src/compile/backend.ts";
import {
  bounds,
  casesOf,
  floats,
  logSpaced,
  measure,
  middles,
} from "../compile/elementary-errors.ts";

export interface Errors {
  readonly functions: readonly {
    readonly name: string;
    readonly precision: string;
    readonly bound: number;
    /** In units of the last place. */
    readonly worst: number;
    /** How many values should be exact, or numbers, and are not. */
    readonly wrong: number;
  }[];
}

const POINTS = 10_000;

export function main(): Errors {
  const functions = casesOf(wasmBackend("float32").fused).map((each) => {
    const { name, precision } = each;
    const [from, to] = middles[name];
    const middle = Array.from({ length: POINTS }, (_, i) => from + ((to - from) * i) / POINTS);
    const found = [logSpaced(precision, 2 ** 17), floats(precision, middle)].map((inputs) =>
      measure(each, inputs),
    );
    return {
      ...{ name, precision, bound: bounds[name][precision] },
      worst: Math.max(...found.map(({ worst }) => worst)),
      wrong: found.flatMap(({ wrong }) => wrong).length,
    };
  });
  return { functions };
}
