/** Slips of algebra: signs, terms, factors, powers, numbers. */

import {
  add,
  apply,
  div,
  type Expression,
  element,
  type Index,
  mul,
  number,
  sub,
} from "../../../equations/expression.ts";
import { primeCall } from "../formula.ts";
import { placings, summed } from "./mutate.ts";
import { nodeSlip, type Slip, type SlipContext, shown } from "./slip.ts";

export const flippedSign: Slip = nodeSlip("sign", function* (e) {
  if (e.kind !== "operation") return;
  const [x, y] = e.arguments as [Expression, Expression];
  if (e.name === "add") yield [sub(x, y), `The sign of ${shown(y)} is turned: it is added.`];
  if (e.name === "subtract") {
    yield [add(x, y), `The sign of ${shown(y)} is turned: it is subtracted.`];
    yield [sub(y, x), `${shown(e)} is turned around.`];
  }
  if (e.name === "negate") yield [x, `The minus before ${shown(x)} is missing.`];
  if (e.name === "add") yield [sub(y, x), `The sign of ${shown(x)} is turned: it is added.`];
});

export const missingTerm: Slip = nodeSlip("missing term", function* (e) {
  if (e.kind !== "operation" || (e.name !== "add" && e.name !== "subtract")) return;
  const [x, y] = e.arguments as [Expression, Expression];
  yield [x, `The term ${e.name === "add" ? "" : "−"}${shown(y)} is missing.`];
  yield [e.name === "add" ? y : apply("negate", y), `The term ${shown(x)} is missing.`];
  if (e.name === "subtract") yield [y, `Only ${shown(y)} is left of ${shown(e)}.`];
});

export const missingCase: Slip = nodeSlip("missing case", function* (e) {
  if (e.kind !== "select") return;
  const condition = `${shown(e.left)} ${e.relation} ${shown(e.right)}`;
  yield [e.otherwise, `Where ${condition}, it is ${shown(e.then)}.`];
  yield [e.then, `It is ${shown(e.then)} only where ${condition}, else ${shown(e.otherwise)}.`];
  yield [
    { ...e, then: e.otherwise, otherwise: e.then },
    `The two cases of ${condition} have changed places.`,
  ];
});

export const missingFactor: Slip = nodeSlip("missing factor", function* (e, _bound, { subject }) {
  if (e.kind !== "operation") return;
  const [x, y] = e.arguments as [Expression, Expression];
  if (e.name === "multiply") {
    for (const [kept, dropped] of [
      [x, y],
      [y, x],
    ] as const) {
      if (primeCall(dropped, subject) === undefined)
        yield [kept, `The factor ${shown(dropped)} is missing.`];
      yield [div(kept, dropped), `${shown(dropped)} multiplies; here it divides.`];
    }
  }
  if (e.name === "divide") {
    yield [x, `The division by ${shown(y)} is missing.`];
    yield [mul(x, y), `${shown(y)} divides; here it multiplies.`];
  }
});

export const keptPower: Slip = nodeSlip("power not differentiated", function* (e) {
  const isSum = e.kind === "operation" && (e.name === "add" || e.name === "subtract");
  const said = `${shown(e)} has been differentiated already: the power of it goes down by one.`;
  if (isSum || e.kind === "element") {
    yield [apply("power", e, number(2)), said];
    yield [apply("divide", apply("power", e, number(2)), number(2)), said];
  }
  if (e.kind !== "operation" || e.name !== "power") return;
  const [x, p] = e.arguments as [Expression, Expression];
  yield [x, `${shown(e)} is a power: the exponent ${shown(p)} is missing.`];
});

export const otherNumber: Slip = nodeSlip("wrong number", function* (e, _bound, { numbers }) {
  if (e.kind !== "number") return;
  for (const value of [...numbers, 1, -e.value]) {
    if (value !== e.value)
      yield [number(value), `The number ${shown(number(value))} should be ${shown(e)}.`];
  }
  yield [number(0), `The number ${shown(e)} is missing.`];
});

/** ∂z/∂b = 1: whatever multiplies there has come from the weights' gradient. */
export const extraFactor: Slip = {
  name: "extra factor",
  *mutants(tree, about) {
    const body = tree.kind === "reduction" ? tree.body : tree;
    const bound = tree.kind === "reduction" ? [...about.indices, ...tree.over] : about.indices;
    for (const [factor, open] of factors(bound, about)) {
      const said = sentence(factor, about);
      const inside = mul(body, factor);
      yield { tree: tree.kind === "reduction" ? { ...tree, body: inside } : inside, said };
      for (const i of open) {
        const whole = summed(inside, i);
        yield { tree: tree.kind === "reduction" ? { ...tree, body: whole } : whole, said };
      }
    }
  },
};

/** Elements of all tensors, at the letters at hand and at most one new one. */
function* factors(
  bound: readonly Index[],
  { subject }: SlipContext,
): Generator<[Expression, Index[]]> {
  const named = [...subject.tensors.values()].filter((tensor) => tensor !== subject.cost);
  const gradients = named.filter((tensor) => subject.adjoint(tensor)).map(subject.gradient);
  for (const tensor of [...named, ...gradients]) {
    if (tensor.shape.length > 2) continue;
    for (const places of placings(tensor, bound)) {
      yield [element(tensor, places), places.filter((i) => !bound.includes(i))];
    }
  }
}

function sentence(factor: Expression, { by, subject }: SlipContext): string {
  const through = subject.adjoint(by)?.contributions[0];
  const name = factor.kind === "element" ? factor.tensor.name : shown(factor);
  const isBias = through !== undefined && by.role === "parameter" && isOne(through.local);
  if (!isBias) return `The factor ${name} is one too many.`;
  return `The factor ${name} is one too many: ${by.name} is only added in ${through.through.target.name}, so ∂${through.through.target.name}/∂${by.name} = 1.`;
}

const isOne = (e: Expression): boolean => e.kind === "number" && e.value === 1;
