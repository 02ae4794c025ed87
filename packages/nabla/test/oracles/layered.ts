/** Layered networks with random weights and data, for tests that take their cases from the tables. */

import { dense, type Network, network, type Precision } from "nabla";
import { type CostName, costOf } from "../../src/functions/costs.ts";
import { type RandomStream, randomStream } from "../../src/train/random.ts";
import { backpropagate, type TextbookLayer } from "./textbook.ts";

export interface LayeredCase {
  readonly activation: string;
  readonly cost: CostName;
  /** Layers with weights. */
  readonly depth: number;
  readonly rows: number;
  readonly seed?: number;
  readonly precision?: Precision;
  readonly backend?: "evaluate" | "wasm";
  readonly l1?: number;
  readonly l2?: number;
}

export interface Layered {
  readonly net: Network;
  readonly activations: readonly string[];
  readonly inputs: number[][];
  readonly targets: number[][];
}

/** Widths 3-2-3-2-3, as many as the depth takes; the last layer has the cost's link where it has one. */
export function layered({
  activation,
  cost,
  depth,
  rows,
  seed = 1,
  ...rest
}: LayeredCase): Layered {
  const widths = [2, 3, 2, 3].slice(0, depth);
  const link = costOf(cost).link ?? activation;
  const activations = widths.map((_, l) => (l === depth - 1 ? link : activation));
  const layers = widths.map((units, l) => dense(units, activations[l]));
  const net = network({ inputs: 3, layers, cost, seed, precision: "float64", ...rest });

  const random = randomStream(seed, "split", depth);
  for (const values of net.parameters.values()) {
    for (let i = 0; i < values.length; i++) values[i] = 0.8 * (random.uniform() - 0.5);
  }
  return {
    net,
    activations,
    inputs: Array.from({ length: rows }, () => Array.from({ length: 3 }, random.normal)),
    targets: Array.from({ length: rows }, () => targetsOf(cost, widths.at(-1)!, random)),
  };
}

/** Targets that the cost takes; those of cross-entropy are a distribution. */
function targetsOf(cost: CostName, units: number, random: RandomStream): number[] {
  const uniform = Array.from({ length: units }, random.uniform);
  switch (cost) {
    case "cross-entropy": {
      const sum = uniform.reduce((a, b) => a + b);
      return uniform.map((u) => u / sum);
    }
    case "binary-cross-entropy":
      return uniform;
    case "poisson":
      return uniform.map((u) => Math.floor(4 * u));
    case "hinge":
      return uniform.map((u) => (u < 0.5 ? -1 : 1));
    case "squared-error":
    case "mean-squared-error":
    case "mean-absolute-error":
    case "huber":
      // On both sides of every a in [0, 1]: softmax does not move where all errors are alike
      return uniform.map((u, k) => (k % 2 === 0 ? 1 + u : -u));
    default:
      return cost satisfies never;
  }
}

/** C and the gradients by the textbook's four equations, flat, by the names of the parameters. */
export function byTextbook(given: Layered, cost: string): Map<string, readonly number[]> {
  const textbook = backpropagate(textbookLayers(given), cost, given);
  const found = new Map<string, readonly number[]>([["C", [textbook.cost]]]);
  for (const [l, { weights, biases }] of textbook.layers.entries()) {
    found.set(`W${l + 1}`, weights.flat()).set(`b${l + 1}`, biases);
  }
  return found;
}

function textbookLayers({ net, activations }: Layered): TextbookLayer[] {
  return activations.map((activation, l) => ({
    activation,
    weights: matrixOf(net, `W${l + 1}`),
    biases: [...net.parameters.get(`b${l + 1}`)!],
  }));
}

function matrixOf({ parameters, shapes }: Network, name: string): number[][] {
  const [rows, columns] = shapes.get(name) as [number, number];
  const flat = parameters.get(name)!;
  return Array.from({ length: rows }, (_, j) => [...flat.subarray(j * columns, (j + 1) * columns)]);
}

/** max|a − b|, and max|b|, which it is measured by. */
export function difference(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
): { readonly largest: number; readonly scale: number } {
  if (a.length !== b.length) throw new Error(`${a.length} numbers against ${b.length}`);
  let largest = 0;
  let scale = 0;
  for (let i = 0; i < b.length; i++) {
    const apart = Math.abs(a[i]! - b[i]!);
    if (!(apart <= largest)) largest = apart; //  NaN stays
    scale = Math.max(scale, Math.abs(b[i]!));
  }
  return { largest, scale };
}
