/** Slips about which tensor is read: that of another layer, z for a, the weights after the step. */

import {
  type Element,
  type Expression,
  element,
  type Tensor,
} from "../../../equations/expression.ts";
import { primeCall } from "../formula.ts";
import type { Subject } from "../subject.ts";
import { afterStep } from "../vocabulary.ts";
import { placings } from "./mutate.ts";
import { nodeSlip, type Slip, type SlipContext, shown } from "./slip.ts";

export const updatedWeights: Slip = nodeSlip(
  "weights already updated",
  function* (e, _bound, { subject }) {
    if (e.kind !== "element" || e.tensor.role !== "parameter") return;
    const said = `${shown(e)} is used after its own step. All gradients are taken at the same weights, those before the step; only then does everything move.`;
    yield [afterStep(e, subject), said];
  },
);

export const wrongLayer: Slip = nodeSlip("wrong layer", function* (e, _bound, { subject }) {
  const own = primeCall(e, subject);
  if (own !== undefined && e.kind === "call") {
    for (const f of subject.pointwise) {
      if (f === own.f || !isAlike(f.z, own.f.z)) continue;
      const other = { ...e, function: f.prime, arguments: [element(f.z, own.argument.places)] };
      yield [other, `${shown(other)} belongs to another layer; here it is ${shown(e)}.`];
    }
  }
  if (e.kind !== "element") return;
  for (const tensor of othersLike(e.tensor, subject)) {
    const other = element(tensor, e.places);
    if (isSameKind(e.tensor, tensor, subject))
      yield [other, `${shown(other)} belongs to another layer; here it is ${shown(e)}.`];
  }
});

/** z for a, y for a, … at the same places */
export const valueForArgument: Slip = nodeSlip("wrong tensor", function* (e, _bound, { subject }) {
  if (e.kind !== "element") return;
  for (const tensor of othersLike(e.tensor, subject)) {
    if (!isSameKind(e.tensor, tensor, subject)) yield instead(element(tensor, e.places), e);
  }
});

/** Whatever the letters at hand can read. */
export const wrongTensor: Slip = nodeSlip("wrong tensor", function* (e, bound, { subject }) {
  if (e.kind !== "element") return;
  for (const tensor of subject.tensors.values()) {
    if (isAlike(tensor, e.tensor) || tensor.shape.length > 2) continue;
    for (const places of placings(tensor, bound)) {
      if (places.every((i) => bound.includes(i))) yield instead(element(tensor, places), e);
    }
  }
});

const instead = (other: Element, e: Element): [Expression, string] => [
  other,
  `${shown(other)} stands where ${shown(e)} belongs.`,
];

const isAlike = (a: Tensor, b: Tensor): boolean =>
  a.shape.length === b.shape.length &&
  a.shape.every((x, d) => (x === "rows") === (b.shape[d] === "rows"));

function othersLike(tensor: Tensor, subject: SlipContext["subject"]): Tensor[] {
  const by = subject.differentiatedBy(tensor);
  const candidates =
    by === undefined
      ? [...subject.tensors.values()]
      : [...subject.tensors.values()].filter((t) => t !== subject.cost).map(subject.gradient);
  return candidates.filter((other) => other !== tensor && isAlike(other, tensor));
}

/** z1 and z2; x and a1 are both what a layer reads. */
function isSameKind(a: Tensor, b: Tensor, subject: Subject): boolean {
  const kind = (tensor: Tensor): string => {
    const { name } = subject.differentiatedBy(tensor) ?? tensor;
    const isValue =
      tensor.role === "input"
        ? tensor !== subject.targets
        : subject.pointwise.some((f) => f.a === tensor);
    return isValue ? "value" : name.replace(/\d.*$/, "");
  };
  return kind(a) === kind(b);
}
