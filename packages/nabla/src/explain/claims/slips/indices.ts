/** Slips about letters: transposed, forgotten under a sum, or summed over without need. */

import { tensorsOf } from "../../../equations/equation.ts";
import {
  type Element,
  element,
  freeIndices,
  type Index,
  plain,
  plainIndex,
  rename,
  type Tensor,
} from "../../../equations/expression.ts";
import { formatEquation } from "../../../equations/format.ts";
import type { Subject } from "../subject.ts";
import { summed } from "./mutate.ts";
import { nodeSlip, type Slip, shown } from "./slip.ts";

const isRows = (i: Index | undefined): boolean => i?.extent === "rows";

const inPlaces = nodeSlip("transposed index", function* (e, _bound, { subject }) {
  if (e.kind !== "element") return;
  for (const [first, second] of pairs(e)) {
    const places = [...e.places];
    [places[first], places[second]] = [places[second]!, places[first]!];
    const swapped = element(e.tensor, places);
    yield [swapped, `${shown(swapped)} should be ${shown(e)}${asIn(e.tensor, subject)}.`];
  }
});

export const transposed: Slip = {
  name: "transposed index",
  *mutants(tree, about) {
    yield* inPlaces.mutants(tree, about);
    const [first, second] = about.indices.filter((i) => !isRows(i));
    if (first === undefined || second === undefined) return;
    const swapped = rename(
      tree,
      new Map([
        [first, second],
        [second, first],
      ]),
    );
    const { by, subject } = about;
    const left = `${by.name}[${about.indices.map((i) => i.name)}]`;
    const said = `${first.name} and ${second.name} have changed places on the right side: the left one is about ${left}${asIn(by, subject)}.`;
    yield { tree: swapped, said };
  },
};

function* pairs({ places }: Element): Generator<[number, number]> {
  for (const second of places.keys()) {
    for (let first = 0; first < second; first++) {
      const both = [places[first], places[second]].map((p) => p && plainIndex(p));
      if (both.every((i) => i !== undefined && !isRows(i)) && both[0] !== both[1])
        yield [first, second];
    }
  }
}

/** , as in z2[n,k] = Σ_j W2[k,j]·a1[n,j] + b2[k] */
function asIn(tensor: Tensor, { forward }: Subject): string {
  const use = forward.find((equation) => tensorsOf(equation).has(tensor));
  return use === undefined ? "" : `, as in ${formatEquation(use)}`;
}

export const wrongIndex: Slip = nodeSlip("wrong index", function* (e, bound) {
  if (e.kind !== "element") return;
  for (const [d, place] of e.places.entries()) {
    const own = plainIndex(place);
    for (const other of bound) {
      if (own === undefined || own === other || isRows(own) !== isRows(other)) continue;
      const changed = element(e.tensor, e.places.with(d, plain(other)));
      yield [changed, `${shown(changed)} should be ${shown(e)}.`];
    }
  }
});

/** A sum's letter becomes free. */
export const forgottenSum: Slip = nodeSlip("sum forgotten", function* (e, bound, { by }) {
  if (e.kind !== "reduction") return;
  const letters = e.over.map((i) => i.name).join(",");
  const through = isRows(e.over[0]) ? "every row of the batch" : `every ${letters}`;
  const said = `The sum over ${letters} is missing: ${by.name} acts on the cost through ${through}, and the parts add up.`;
  yield [e.body, said];
  for (const known of bound) {
    const [only] = e.over;
    if (only === undefined || e.over.length > 1 || isRows(known) !== isRows(only)) continue;
    yield [rename(e.body, new Map([[only, known]])), said];
  }
});

/** A letter of the left side is summed over. */
export const keptSum: Slip = nodeSlip("sum kept", function* (e, bound, { by, indices }) {
  if (e.kind === "element" && e.places.length === 0) return;
  const free = freeIndices(e);
  for (const i of bound) {
    if (!free.has(i)) continue;
    const said = isRows(i)
      ? `There is no sum over ${i.name}: what happens in one row does not depend on the other rows.`
      : `The sum over ${i.name} disappears: the left side is about one ${i.name}, and the derivatives of all other terms by ${by.name}[${indices.map((own) => own.name)}] are 0.`;
    yield [summed(e, i), said];
  }
});
