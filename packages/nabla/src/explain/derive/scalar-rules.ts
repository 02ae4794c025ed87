/**
 * The derivative of a function of one number, step by step: each link resolves every d/dz by one rule,
 * and what a rule leaves to be differentiated is again a d/dz. Sums, signs and constant factors are
 * passed through on the way, so that the links are few.
 */

import { derivative } from "../../equations/derivative.ts";
import {
  add,
  type Call,
  div,
  type Expression,
  element,
  mapChildren,
  mul,
  type NamedFunction,
  neg,
  number,
  type Operation,
  one,
  power,
  same,
  sub,
  substitute,
  type Tensor,
  variable,
  walk,
  zero,
} from "../../equations/expression.ts";
import { formatExpression } from "../../equations/format.ts";
import { operations } from "../../equations/operations.ts";
import { isNumber, simplify } from "../../equations/simplify.ts";
import { ownCall } from "../symbols.ts";

/** One line of the derivation, and why it follows from the line before. */
export interface Step {
  readonly expression: Expression;
  readonly reason: string;
}

interface Rules {
  readonly z: Tensor;
  /** d/dz */
  readonly d: NamedFunction;
  /** What was used, in words. */
  readonly used: Set<string>;
}

/** d/dz of `f`, the steps after d/dz f itself; the last is free of d/dz and simplified. */
export function differentiationSteps(f: Expression, z: Tensor, d: NamedFunction): Step[] {
  const steps: Step[] = [];
  const open = (e: Expression): boolean => walk(e).some((p) => isDerivative(p, d));
  let e = call(d, f);
  while (open(e)) {
    const used = new Set<string>();
    e = tidy(resolveAll(e, { z, d, used }));
    if (!open(e)) e = simplify(e);
    steps.push({ expression: e, reason: [...used].join("; ") });
  }
  return steps;
}

const call = (f: NamedFunction, argument: Expression): Expression => ({
  kind: "call",
  function: f,
  arguments: [argument],
});

const isDerivative = (e: Expression, d: NamedFunction): e is Call =>
  e.kind === "call" && e.function === d;

function resolveAll(e: Expression, rules: Rules): Expression {
  if (isDerivative(e, rules.d)) return resolve(e.arguments[0] as Expression, rules);
  return mapChildren(e, (child) => resolveAll(child, rules));
}

const reads = (e: Expression, z: Tensor): boolean =>
  walk(e).some((part) => part.kind === "element" && part.tensor === z);

/** u′ as it is left to the next line; of z and of constants at once. */
function later(u: Expression, { z, d }: Rules): Expression {
  if (!reads(u, z)) return zero;
  return u.kind === "element" ? one : call(d, u);
}

/** u′ by one rule. */
function resolve(u: Expression, rules: Rules): Expression {
  const { z, used } = rules;
  if (!reads(u, z)) return zero;
  switch (u.kind) {
    case "element":
      return one;
    case "operation":
      return isLinear(u, z) ? linear(u, rules) : byOperation(u, rules);
    case "select": {
      used.add("each case by itself");
      return { ...u, then: resolve(u.then, rules), otherwise: resolve(u.otherwise, rules) };
    }
    case "call":
      return u.arguments
        .map((argument, i) => mul(slope(u, i, rules), later(argument, rules)))
        .filter((_, i) => reads(u.arguments[i] as Expression, z))
        .reduce(add);
    default:
      return zero;
  }
}

/** α·z + β */
const isLinear = (u: Expression, z: Tensor): boolean => {
  const slope = derivative(u, element(z));
  return !reads(slope, z) && walk(u).every((part) => !reads(part, z) || isArithmetic(part));
};

const isArithmetic = (e: Expression): boolean =>
  e.kind === "element" ||
  (e.kind === "operation" && ["add", "subtract", "negate", "multiply", "divide"].includes(e.name));

function linear(u: Expression, { z, used }: Rules): Expression {
  const slope = derivative(u, element(z));
  used.add(`(${formatExpression(u)})′ = ${formatExpression(slope)}`);
  return slope;
}

function byOperation(u: Operation, rules: Rules): Expression {
  const { z, used } = rules;
  const [x, y] = u.arguments as [Expression, Expression];
  const next = (e: Expression): Expression => later(e, rules);
  switch (u.name) {
    case "negate":
      return neg(resolve(x, rules));
    case "add":
      return add(resolve(x, rules), resolve(y, rules));
    case "subtract":
      return sub(resolve(x, rules), resolve(y, rules));
    case "multiply":
      if (!reads(x, z)) return mul(x, resolve(y, rules));
      if (!reads(y, z)) return mul(resolve(x, rules), y);
      used.add("product rule: (u·v)′ = u′·v + u·v′");
      return add(mul(next(x), y), mul(x, next(y)));
    case "divide":
      if (!reads(y, z)) return div(resolve(x, rules), y);
      if (!reads(x, z)) {
        used.add("quotient rule: (1/v)′ = −v′/v²");
        return neg(div(mul(x, next(y)), power(y, number(2))));
      }
      used.add("quotient rule: (u/v)′ = (u′·v − u·v′)/v²");
      return div(sub(mul(next(x), y), mul(x, next(y))), power(y, number(2)));
    default:
      return u.arguments
        .map((argument, i) => ({ argument, by: outer(u, i, rules) }))
        .filter(({ argument }) => reads(argument, z))
        .map(({ argument, by }) => mul(by, next(argument)))
        .reduce(add);
  }
}

/** ∂u/∂v by the i-th argument v of an elementary function. */
function outer(u: Operation, i: number, { z, used }: Rules): Expression {
  const [x, y] = u.arguments as [Expression, Expression];
  const rule = operations[u.name].derivatives[i] ?? (() => zero);
  if (!reads(u.arguments[i] as Expression, z)) return zero;
  const v = element(variable("u"));
  const isPlain = (u.arguments[i] as Expression).kind === "element";
  if (u.arguments.length === 1 || u.name === "power") {
    const inU = { ...u, arguments: [v, ...u.arguments.slice(1)] };
    const is = simplify(rule(v, y, inU));
    const inner = element(variable("u′"));
    const isReadable = !/\d\.\d{6}/.test(formatExpression(is)); //  not 2/√π in full
    const slope = isReadable ? is : element(variable("its derivative"));
    const told = formatExpression(isPlain ? slope : mul(slope, inner));
    used.add(`${isPlain ? "" : "chain rule: "}(${formatExpression(inU)})′ = ${told}`);
  } else {
    used.add(`the derivative of ${u.name} is that of the argument that is chosen`);
  }
  return simplify(rule(x, y, u));
}

/** f′ of the i-th argument of a function that has been differentiated before. */
function slope(u: Call, i: number, { used }: Rules): Expression {
  const { variables, name } = u.function;
  const known = derivative(ownCall(u.function), element(variables[i] as Tensor));
  const chain = (u.arguments[i] as Expression).kind === "element" ? "" : "chain rule: ";
  used.add(`${chain}the derivative of ${name} is known`);
  return substitute(known, new Map(variables.map((v, k) => [v, u.arguments[k] as Expression])));
}

/** Zeros and ones go, nothing else. */
function tidy(e: Expression): Expression {
  const inner = mapChildren(e, tidy);
  if (inner.kind === "select") return same(inner.then, inner.otherwise) ? inner.then : inner;
  if (inner.kind !== "operation") return inner;
  const [x, y] = inner.arguments as [Expression, Expression];
  switch (inner.name) {
    case "add":
      return isNumber(x, 0) ? y : isNumber(y, 0) ? x : inner;
    case "subtract":
      return isNumber(y, 0) ? x : isNumber(x, 0) ? neg(y) : inner;
    case "multiply":
      if (isNumber(x, 0) || isNumber(y, 0)) return zero;
      return isNumber(x, 1) ? y : isNumber(y, 1) ? x : inner;
    case "divide":
      return isNumber(x, 0) ? zero : isNumber(y, 1) ? x : inner;
    case "negate":
      return isNumber(x, 0) ? zero : inner;
    default:
      return inner;
  }
}
