/**
 * Comparisons in equations: select, abs, sign, min, max. Between two values of a parameter each of
 * them may come out differently; then the cost has a kink on the way.
 */

import { type Equation, inPhase, neededFor, sumTerm } from "../../equations/equation.ts";
import { evaluator } from "../../equations/evaluate.ts";
import {
  children,
  type Expression,
  element,
  expand,
  freeIndices,
  type Index,
  sub,
  type Tensor,
} from "../../equations/expression.ts";
import { formatExpression } from "../../equations/format.ts";
import { newMemory, sizeOf } from "../../equations/memory.ts";
import { dropoutMask } from "../../train/random.ts";
import type { Twin } from "./twin.ts";

export interface Comparisons {
  /** The first comparison that comes out differently at two values of a parameter. */
  changed(flat: number, values: readonly [number, number]): string | undefined;
}

const made = new WeakMap<Twin, Comparisons>();

export function comparisonsOf(twin: Twin): Comparisons {
  const known = made.get(twin) ?? newComparisons(twin);
  made.set(twin, known);
  return known;
}

/** x − y of a comparison of x with y, and how it reads. */
interface Probe {
  readonly equation: Equation;
  readonly reads: string;
}

function newComparisons(twin: Twin): Comparisons {
  const { system, data, training, seed, parameters } = twin;
  const phase = training === undefined ? "prediction" : "training";
  const forward = neededFor([system.cost], inPhase(phase, system.equations));
  const probes = forward.flatMap(probesOf);
  const memory = newMemory("float64");
  for (const [tensor, values] of data.values) memory.cell(tensor).data = values;
  for (const [tensor, { start, end }] of twin.layout) {
    memory.cell(tensor).data = parameters.subarray(start, end);
  }
  if (training !== undefined) {
    for (const [layer, [tensor, keep]] of [...system.masks].entries()) {
      const units = sizeOf(tensor, 1);
      const mask = new Float64Array(units * data.rows);
      dropoutMask(mask, { seed, ...training, layer, firstRow: 0, rows: data.rows, units, keep });
      memory.cell(tensor).data = mask;
    }
  }
  const run = evaluator([...forward, ...probes.map(({ equation }) => equation)], memory);

  const outcomes = (flat: number, value: number): Float64Array[] => {
    const before = parameters[flat] as number;
    parameters[flat] = value;
    run(data.rows, { N: twin.N });
    parameters[flat] = before;
    return probes.map(({ equation: { target } }) =>
      Float64Array.from(memory.cell(target).data.subarray(0, sizeOf(target, data.rows)), Math.sign),
    );
  };
  return {
    changed(flat, [below, above]) {
      const left = outcomes(flat, below);
      const right = outcomes(flat, above);
      const at = left.findIndex((signs, p) => signs.some((sign, i) => sign !== right[p]?.[i]));
      return probes[at]?.reads;
    },
  };
}

/** Of what an equation compares. A stabiliser's maximum does not reach the cost. */
function probesOf({ target, indices, terms, stabiliser }: Equation): Probe[] {
  if (stabiliser === true) return [];
  return terms.flatMap(({ reduction, body }) => {
    const own = element(target, indices);
    const maximum = reduction === "max" ? [probe(body, own, `max ${formatExpression(body)}`)] : [];
    return [...maximum, ...comparisonsIn(body)];
  });
}

function comparisonsIn(e: Expression): Probe[] {
  if (e.kind === "call") return comparisonsIn(expand(e));
  const inside = children(e).flatMap(comparisonsIn);
  if (e.kind === "select") {
    const reads = `${formatExpression(e.left)} ${e.relation} ${formatExpression(e.right)}`;
    return [probe(e.left, e.right, reads), ...inside];
  }
  if (e.kind !== "operation") return inside;
  const [x, y] = e.arguments as [Expression, Expression];
  if (e.name === "abs" || e.name === "sign")
    return [probe(x, undefined, formatExpression(e)), ...inside];
  if (e.name === "min" || e.name === "max") return [probe(x, y, formatExpression(e)), ...inside];
  return inside;
}

function probe(x: Expression, y: Expression | undefined, reads: string): Probe {
  const body = y === undefined ? x : sub(x, y);
  const indices = [...freeIndices(body)].sort(rowsFirst);
  const shape = indices.map((i) => i.extent);
  const target: Tensor = { name: reads, shape, role: "computed" };
  return { equation: { target, indices, terms: [sumTerm([], body)] }, reads };
}

const rowsFirst = (a: Index, b: Index): number =>
  Number(b.extent === "rows") - Number(a.extent === "rows");
