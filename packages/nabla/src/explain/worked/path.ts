/**
 * The one path of the chain rule that ends in one element: every factor ∂T[o]/∂X[q] between the cost and
 * it, with its numbers, and at last their product. What branches on the way is added.
 */

import type { Adjoint } from "../../equations/differentiate.ts";
import { type Equation, tensorsOf } from "../../equations/equation.ts";
import {
  type Element,
  type Expression,
  element,
  mul,
  type Tensor,
  walk,
  zero,
} from "../../equations/expression.ts";
import { formatExpression } from "../../equations/format.ts";
import { isNumber } from "../../equations/simplify.ts";
import type { SymbolTable } from "../symbols.ts";
import { decimal, exactly } from "./digits.ts";
import {
  elementAt,
  ellipsis,
  expressionAt,
  plus,
  pointsOf,
  positionOf,
  shortened,
  valueAt,
} from "./instantiate.ts";
import { lineOf, type WorkedLine, type Writing } from "./lines.ts";

/** More factors in one line are told with a name for what is known. */
const MOST_FACTORS = 24;

interface Walk {
  readonly cost: Tensor;
  /** In order of definition. */
  readonly forward: readonly Equation[];
  readonly adjoints: readonly Adjoint[];
  readonly symbols: SymbolTable;
  readonly writing: Writing;
}

/** ∂C/∂X[q] as it is written further on, in symbols and in numbers. */
interface Told {
  readonly right: Expression;
  readonly read: Expression;
}

/** The lines from the cost back to the element, its own at last. */
export function pathTo(x: Element, setting: Walk): WorkedLine[] {
  const lines: WorkedLine[] = [];
  const told = new Map<string, Told>();
  tell(x, { ...setting, lines, told, end: x });
  return lines;
}

interface Telling extends Walk {
  readonly lines: WorkedLine[];
  readonly told: Map<string, Told>;
  /** The element at which the path ends. */
  readonly end: Element;
}

function tell(x: Element, telling: Telling): Told {
  const { told, cost, symbols, writing, lines, end } = telling;
  const name = formatExpression(x);
  const known = told.get(name);
  if (known !== undefined) return known;

  const steps = stepsFrom(x, telling);
  const parts = shortened<Step | undefined>(steps, undefined).map((step): Told => {
    if (step === undefined) return { right: ellipsis, read: ellipsis };
    const { through, isDirect } = step;
    const local = shortened(step.locals, ellipsis).reduce(plus);
    if (through.tensor === cost) return { right: local, read: local };
    const before = tell(through, telling);
    if (isDirect) return { right: times(before.right, local), read: times(before.read, local) };
    const partial = symbols.partial(through.tensor, x.tensor);
    const left: Element = { ...element(partial), places: [...through.places, ...x.places] };
    const value = exactly(step.locals.reduce(plus), writing, writing.scalars);
    lines.push(lineOf({ left, right: local, value }, writing));
    return { right: mul(before.right, left), read: mul(before.read, decimal(value)) };
  });
  const sum: Told = {
    right: parts.map(({ right }) => right).reduce(plus, zero),
    read: parts.map(({ read }) => read).reduce(plus, zero),
  };

  const gradient: Element = { ...element(symbols.gradient(cost, x.tensor)), places: x.places };
  const value = valueAt(gradient, writing);
  const factors = walk(sum.right).filter((e) => e.kind === "element").length;
  const isNamed = steps.some((step) => step.isDirect) || factors > MOST_FACTORS || x === end;
  if (isNamed) lines.push(lineOf({ left: gradient, ...sum, value }, writing));
  const result = isNamed ? { right: gradient, read: decimal(value) } : sum;
  told.set(name, result);
  return result;
}

const times = (a: Expression, b: Expression): Expression => (isNumber(b, 1) ? a : mul(a, b));

/** T[o] that reads X[q], and ∂T[o]/∂X[q]. */
interface Step {
  readonly through: Element;
  /** What adds up to it, one for each time that T[o] reads X[q]. */
  readonly locals: readonly Expression[];
  /** It has no symbol: ∂T/∂X also names what goes through others that X acts on. */
  readonly isDirect: boolean;
}

/** Everything that the element acts on at once, by the trace of the rule. */
function stepsFrom(x: Element, { adjoints, forward, cost, writing }: Telling): Step[] {
  const adjoint = adjoints.find(({ of }) => of === x.tensor);
  if (adjoint === undefined) return [];
  const q = adjoint.equation.indices.map(
    (index, d) => [index, positionOf(x.places[d]!, new Map(), writing)] as const,
  );
  const read = adjoint.contributions.map(({ through }) => through.target);
  const isDirect = (tensor: Tensor): boolean =>
    tensor === cost || read.some((other) => other !== tensor && reaches(other, tensor, forward));
  const steps = new Map<string, Step>();
  for (const { stated, through } of adjoint.contributions) {
    const [, derived = zero] = stated.body.kind === "operation" ? stated.body.arguments : [];
    for (const at of pointsOf(stated.over, new Map(q), writing)) {
      const holds = stated.where.every((d) => at.get(d.index) === positionOf(d.place, at, writing));
      if (!holds) continue;
      const o = stated.over.slice(0, through.indices.length).map((index) => at.get(index) ?? 0);
      const to = elementAt(through.target, o);
      const key = formatExpression(to);
      const local = expressionAt(derived, at, writing);
      steps.set(key, {
        through: to,
        locals: [...(steps.get(key)?.locals ?? []), local],
        isDirect: isDirect(through.target),
      });
    }
  }
  return [...steps.values()];
}

/** Whether `to` is computed from `from`. */
function reaches(from: Tensor, to: Tensor, forward: readonly Equation[]): boolean {
  const reached = new Set([from]);
  for (const equation of forward) {
    if ([...tensorsOf(equation)].some((tensor) => reached.has(tensor)))
      reached.add(equation.target);
  }
  return reached.has(to);
}
