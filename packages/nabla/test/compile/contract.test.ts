/**
 * The contract that every backend keeps: for any list of equations, each tensor that it computes equals
 * what `evaluate` computes. The lists come from the tables (a new entry is tested by existing), from
 * hand-written systems, and from a generator.
 */

import { describe, expect, test } from "vitest";
import { type Backend, evaluateBackend } from "../../src/backend.ts";
import { wasmBackend } from "../../src/compile/backend.ts";
import { type Equation, tensorsOf } from "../../src/equations/equation.ts";
import type { Tensor } from "../../src/equations/expression.ts";
import { type Floats, newFloats, type Precision, sizeOf } from "../../src/equations/memory.ts";
import {
  type EquationSystem,
  predictionEquations,
  readSystem,
  type SystemText,
  trainingGradients,
} from "../../src/equations/system.ts";
import { activationNames, namedFunction } from "../../src/functions/activations.ts";
import { costNames } from "../../src/functions/costs.ts";
import { dense, writeEquations } from "../../src/network.ts";
import { randomStream } from "../../src/train/random.ts";
import { knownLists } from "../equations/known-lists.ts";
import { randomLists } from "../equations/random-lists.ts";

const sizes = [1, 3, 4, 5, 7, 8, 31, 32, 33, 67] as const;

/**
 * Of the largest magnitude of a tensor. In float32 sums of up to 67 products are taken in another order
 * and with float32 between: 2K·2⁻²⁴ of Σ|ab|, which a few layers may amplify.
 */
const tolerance: Record<Precision, number> = { float64: 1e-12, float32: 2e-4 };

interface Case {
  readonly system: EquationSystem;
  readonly rows: number;
  readonly values: ReadonlyMap<Tensor, ArrayLike<number>>;
  /** Where whole tensors may cancel to nothing, the scale is that of the list. */
  readonly cancels?: true;
}

/** Everything that training and prediction compute, by both backends. */
function compare({ system, rows, values, cancels }: Case, precision: Precision): void {
  const { forward, equations } = trainingGradients(system);
  const lists = [[...forward, ...equations], predictionEquations(system)];
  for (const list of lists) {
    const expected = run(evaluateBackend(precision), list, { rows, values });
    const got = run(wasmBackend(precision), list, { rows, values });
    for (const equation of list) {
      const name = equation.target.name;
      const want = expected.get(equation.target) as Floats;
      const have = got.get(equation.target) as Floats;
      expect(have.length, name).toBe(want.length);
      const read = cancels ? expected.keys() : [equation.target, ...tensorsOf(equation)];
      const scale = largest(read, { expected, values });
      for (let i = 0; i < want.length; i++) {
        if (!agree(have[i] as number, want[i] as number, tolerance[precision] * scale)) {
          expect(have[i], `${name}[${i}] of ${want.length}, scale ${scale}`).toBe(want[i]);
        }
      }
    }
  }
}

/** Equal to the tolerance. Beyond 1e30 float32 may have overflowed on the way, as float64 has not. */
const agree = (have: number, want: number, tolerance: number): boolean =>
  Object.is(have, want) ||
  Math.abs(have - want) <= tolerance ||
  (Math.abs(want) > 1e30 && (Number.isNaN(have) || Math.abs(have) > 1e30));

/** The largest magnitude of a tensor and of what it is computed from: sums may cancel. */
function largest(
  tensors: Iterable<Tensor>,
  { expected, values }: { expected: ReadonlyMap<Tensor, Floats>; values: Case["values"] },
): number {
  let most = 0;
  for (const tensor of tensors) {
    for (const value of Array.from(expected.get(tensor) ?? values.get(tensor) ?? [])) {
      if (Math.abs(value) > most && Math.abs(value) < 1e30) most = Math.abs(value);
    }
  }
  return most;
}

function run(
  backend: Backend,
  list: readonly Equation[],
  { rows, values }: Omit<Case, "system">,
): Map<Tensor, Floats> {
  const program = backend.program(list);
  for (const [tensor, given] of values) {
    const own = newFloats(backend.precision, given.length);
    own.set(given);
    backend.write(tensor, own, rows);
  }
  program(rows, { N: rows });
  return new Map(list.map(({ target }) => [target, backend.read(target, rows).slice()]));
}

/** Numbers near 0, targets in [0, 1), integers where a tensor takes them. */
function randomCase(text: SystemText, rows: number): Case {
  const system = readSystem(text, namedFunction);
  const random = randomStream(rows, "initialisation");
  const { inputs, targets, parameters, masks } = system;
  const values = new Map<Tensor, Floats>();
  for (const tensor of [...inputs, ...(targets ? [targets] : []), ...parameters, ...masks.keys()]) {
    const own = new Float64Array(sizeOf(tensor, rows));
    const spread = Math.max(4, Number(tensor.shape.at(-1) ?? 1)); //  keeps pre-activations moderate
    const draw = (): number => {
      if (tensor.count !== undefined) return random.below(tensor.count);
      if (tensor === targets) return random.uniform();
      return Math.fround(random.normal() / Math.sqrt(spread));
    };
    values.set(tensor, own.map(draw));
  }
  return { system, rows, values };
}

const size = (i: number): number => sizes[i % sizes.length] as number;

describe.each(["float64", "float32"] as const)(
  "in %s the compiled module agrees with evaluate",
  (precision) => {
    test.each(costNames)("for the cost %s after every activation", (cost) => {
      for (const [i, activation] of activationNames.entries()) {
        const layers = [
          dense(size(i), activation),
          dense(size(i + 3), activation),
          dense(size(i + 5)),
        ];
        const { text } = writeEquations({ inputs: size(i + 7), layers, cost, l1: 0.01, l2: 0.1 });
        compare(randomCase(text, size(i + 2)), precision);
      }
    });

    test.each(sizes)("for layers of %i units, at every number of rows", (units) => {
      for (const rows of [...sizes, 128, 129]) {
        const layers = [dense(units, "tanh"), dense(units, "sigmoid")];
        const { text } = writeEquations({ inputs: units, layers, cost: "squared-error" });
        compare(randomCase(text, rows), precision);
      }
    });

    test.each(sizes)("for embeddings of %i numbers, beside inputs and alone", (units) => {
      const embeddings = [
        { categories: 5, units },
        { categories: units + 1, units: 3 },
      ];
      const rest = { layers: [dense(5, "relu"), dense(3)], cost: "squared-error", l2: 0.1 };
      for (const inputs of [0, 4]) {
        const { text } = writeEquations({ inputs, embeddings, ...rest });
        for (const rows of [1, 5, 33]) compare(randomCase(text, rows), precision);
      }
    });

    test.each(knownLists.map((list) => [list.name, list] as const))("for %s", (_, list) => {
      for (const rows of [1, 5, 33]) compare(randomCase(list, rows), precision);
    });

    test("for 200 random lists", () => {
      for (const { system, point } of randomLists(200)) {
        compare({ system, ...point, cancels: true }, precision);
      }
    });
  },
);
