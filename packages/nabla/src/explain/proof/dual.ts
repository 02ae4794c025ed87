/**
 * Equations in dual numbers a + b·ε, ε² = 0: every value with its slope by whatever is moved. The slope
 * of a result follows from the forward equations alone, operation by operation, as numbers; nothing
 * that was derived is used. So it is the measure that derived equations are held against.
 *
 * An equation is turned into loops once and then run for each element that is moved. How far indices
 * run is asked of `sizes`, not of the equations, which hold for any extent.
 */

import type { Equation, Term } from "../../equations/equation.ts";
import { plain } from "../../equations/expression.ts";
import {
  type Around,
  address,
  approach,
  type Cell,
  cellOf,
  type Duals,
  nest,
  nodeOf,
} from "./dual-expressions.ts";

/** Loops that compute the equation's target, values and slopes, into `into`. */
export function equationLoops(
  equation: Equation,
  duals: Duals,
  into: Cell = cellOf(equation.target, duals),
): () => void {
  const terms = equation.terms.map((term) => termLoops(equation, term, { duals, into }));
  const start = equation.terms[0]?.reduction === "max" ? Number.NEGATIVE_INFINITY : 0;
  return () => {
    into.values.fill(start);
    into.slopes.fill(0);
    for (const run of terms) run();
  };
}

function termLoops(
  { target, indices }: Equation,
  { reduction, over, where, body }: Term,
  { duals, into }: { readonly duals: Duals; readonly into: Cell },
): () => void {
  const given = where.map((delta) => delta.index);
  const loops = [...indices.filter((i) => !given.includes(i)), ...over];
  const counters = new Map(loops.map((i) => [i, { at: 0 }]));
  const around: Around = { duals, counters, variables: new Map() };
  const places = indices.map((i) => where.find((delta) => delta.index === i)?.place ?? plain(i));
  const to = address({ kind: "element", tensor: target, places }, around);
  const node = nodeOf(body, around);
  const { values, slopes } = into;

  if (reduction === "sum") {
    return nest(loops, around, () => {
      const at = to();
      node.run();
      values[at]! += node.value;
      slopes[at]! += node.slope;
    });
  }
  const ties = new Float64Array(values.length);
  return nest(loops, around, () => {
    const at = to();
    node.run();
    const { value, slope } = node;
    if (Number.isFinite(values[at])) {
      approach({ value, slope }, { value: values[at]!, slope: slopes[at]! }, duals);
    }
    if (value === values[at]) {
      ties[at]!++;
      slopes[at]! += (slope - slopes[at]!) / ties[at]!; //  ties share equally
    } else if (!(value < values[at]!)) {
      ties[at] = 1;
      values[at] = value;
      slopes[at] = slope;
    }
  });
}
