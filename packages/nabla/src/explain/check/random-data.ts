/** Rows to check a network on, where there are none: every input and target from a seed. */

import { checkCount } from "../../checks.ts";
import type { Tensor } from "../../equations/expression.ts";
import { sizeOf } from "../../equations/memory.ts";
import { type Cost, costOf } from "../../functions/costs.ts";
import { internalsOf, type Network } from "../../running.ts";
import { checkSeed, type RandomStream, randomStream } from "../../train/random.ts";
import { normaliseRows } from "../places.ts";

export interface RandomData {
  /** Flat and row-major, by name. */
  readonly inputs: Readonly<Record<string, Float64Array>>;
  readonly targets?: Float64Array;
}

/**
 * Inputs in [−1, 1), and targets of the kind that the cost wants: in [−1, 1) where it takes any, and
 * distributions where its link is a softmax. Elements that serve as indices are integers.
 */
export function randomData(
  net: Network,
  { rows, seed = 0 }: { readonly rows: number; readonly seed?: number },
): RandomData {
  checkCount("rows", rows);
  checkSeed(seed);
  const { inputs, targets } = internalsOf(net).engine.system;
  const { definition } = net;
  const cost: Cost | undefined = "layers" in definition ? costOf(definition.cost) : undefined;
  const drawn = (tensor: Tensor, number: number, accept = anyNumber): Float64Array => {
    const random = randomStream(seed, "split", number, STREAM);
    return Float64Array.from({ length: sizeOf(tensor, rows) }, () => draw(tensor, random, accept));
  };
  const given = inputs.map((tensor, i) => [tensor.name, drawn(tensor, i + 1)] as const);
  if (targets === undefined) return { inputs: Object.fromEntries(given) };
  const wanted = drawn(targets, 0, cost?.targets?.accept);
  if (cost?.link === "softmax") normaliseRows(wanted, wanted.length / rows);
  return { inputs: Object.fromEntries(given), targets: wanted };
}

/** Apart from the divisions of rows, which are drawn from the same stream. */
const STREAM = 1;

const anyNumber = (_: number): boolean => true;

function draw({ count }: Tensor, random: RandomStream, accept: (value: number) => boolean): number {
  if (count !== undefined) return random.below(count);
  const u = random.uniform();
  const candidates = [2 * u - 1, u, u < 0.5 ? -1 : 1];
  return candidates.find(accept) ?? u;
}
