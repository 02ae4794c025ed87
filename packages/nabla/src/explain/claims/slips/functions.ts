/** Slips about σ′: left out, at the wrong place, of another function, or of none. */

import {
  type Element,
  type Expression,
  element,
  expand,
  mul,
  type NamedFunction,
  one,
  type Tensor,
} from "../../../equations/expression.ts";
import { operations } from "../../../equations/operations.ts";
import { namedFunction, pointwiseNames } from "../../../functions/activations.ts";
import { primeOf } from "../../symbols.ts";
import { claimedAt, primeCall } from "../formula.ts";
import { nodeSlip, type Slip, shown } from "./slip.ts";

export const forgottenPrime: Slip = nodeSlip("missing σ′", function* (e, _bound, { subject }) {
  if (subject.about === "function") return;
  const by = e.kind === "element" ? subject.differentiatedBy(e.tensor) : undefined;
  const f = subject.pointwise.find(({ z }) => z === by);
  if (e.kind === "element" && f !== undefined) {
    const other = element(subject.gradient(f.a), e.places);
    yield [other, `${shown(other)} stands for ${shown(e)}: the factor ${f.prime.name} is missing.`];
  }
  const own = primeCall(e, subject);
  if (own === undefined) return;
  const { argument } = own;
  const a = shown(element(own.f.a, argument.places));
  yield [
    one,
    `The chain rule goes through ${a} = ${calling(own.f.value, argument)}: the factor ${shown(e)} is missing.`,
  ];
});

export const primeOfValue: Slip = nodeSlip("σ′(a) for σ′(z)", function* (e, _bound, { subject }) {
  const own = primeCall(e, subject);
  if (own === undefined || e.kind !== "call") return;
  const { f, argument } = own;
  const a = element(f.a, argument.places);
  const said = `${f.prime.name} is taken at the value ${shown(a)}; it belongs at ${shown(argument)}, the argument of ${f.value.name}.`;
  yield [{ ...e, arguments: [a] }, said];
  const claimed = claimedAt(f.value, { z: argument, a: argument });
  if (claimed === undefined) return;
  yield [
    claimed,
    `This form of ${f.prime.name} is written in the value ${shown(a)}; ${shown(argument)} stands in its place.`,
  ];
});

export const valueForPrime: Slip = nodeSlip("σ for σ′", function* (e, _bound, { subject }) {
  const own = primeCall(e, subject);
  if (own === undefined || e.kind !== "call") return;
  const { f, argument } = own;
  yield [
    { ...e, function: f.value },
    `${f.value.name} itself stands where its derivative ${shown(e)} belongs.`,
  ];
  yield [argument, `${shown(argument)} stands where ${shown(e)} belongs.`];
});

export const wrongActivation: Slip = nodeSlip(
  "wrong activation",
  function* (e, _bound, { subject }) {
    const own = primeCall(e, subject);
    if (own === undefined || e.kind !== "call") return;
    const { f, argument } = own;
    const a = element(f.a, argument.places);
    for (const { g, name } of knownFunctions()) {
      if (g.name === f.value.name) continue;
      const said = `This is the derivative of ${name}; ${shown(a)} is ${calling(f.value, argument)}.`;
      yield [{ ...e, function: primeOf(g) }, said];
      const claimed = claimedAt(g, { z: argument, a });
      if (claimed !== undefined) yield [claimed, said];
    }
  },
);

/** f′, or a(1 − a), of whatever has the shape of the left side. */
export const extraPrime: Slip = {
  name: "extra σ′",
  *mutants(tree, { subject, by, indices }) {
    const alike = [...subject.tensors.values()].filter(
      ({ shape }) =>
        shape.length === by.shape.length && shape.every((extent, d) => extent === by.shape[d]),
    );
    const functions = [
      ...new Set([
        ...subject.pointwise.map(({ value }) => value),
        ...knownFunctions().map(({ g }) => g),
      ]),
    ];
    for (const tensor of alike) {
      const at = element(tensor, indices);
      for (const f of functions) {
        const prime: Expression = { kind: "call", function: primeOf(f), arguments: [at] };
        for (const factor of [prime, claimedAt(f, { z: at, a: at })]) {
          if (factor === undefined) continue;
          if (factor.kind === "element" || factor.kind === "number") continue;
          yield { tree: mul(tree, factor), said: tooMany(factor, by) };
        }
      }
    }
  },
};

const tooMany = (factor: Expression, by: Tensor): string =>
  `The factor ${shown(factor)} is one too many: ${by.name} does not go through that function on its way, or this cost has it in its derivative already.`;

/** tanh(z1[n,j]), or a formula of one's own written out. */
function calling(f: NamedFunction, argument: Element): string {
  const called: Expression = { kind: "call", function: f, arguments: [argument] };
  const isKnown = namedFunction(f.name) !== undefined || Object.hasOwn(operations, f.name);
  return shown(isKnown ? called : expand(called));
}

/** The functions of the table that take one number. */
function knownFunctions(): { readonly name: string; readonly g: NamedFunction }[] {
  return pointwiseNames().flatMap((name) => {
    const g = namedFunction(name);
    return g === undefined ? [] : [{ name, g }];
  });
}
