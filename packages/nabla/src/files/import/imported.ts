/** Networks of other libraries: what was taken, and what was not. */

import { NablaError } from "../../errors.ts";
import type { Layer } from "../../layers.ts";
import { network } from "../../network.ts";
import type { Network } from "../../running.ts";
import { dataError } from "../json.ts";

export interface Imported {
  /** Predicts what the original predicts. */
  readonly network: Network;
  /** What the file says besides, and a network has no place for: nothing that predictions depend on. */
  readonly notTaken: readonly string[];
}

/** A dense layer as other libraries have it. */
export interface DenseNumbers {
  /** W[j,i], row by row. */
  readonly weights: readonly number[];
  readonly biases: readonly number[];
}

export interface Stack {
  readonly inputs: number;
  readonly layers: readonly Layer[];
  readonly cost: string;
  readonly precision: "float32" | "float64";
  /** Of the dense layers, in their order. */
  readonly dense: readonly DenseNumbers[];
}

/** The network of a stack of layers. Throws where a number is missing, or not finite. */
export function networkOf({ dense, ...definition }: Stack, where: string): Network {
  const units = definition.layers.flatMap((own) => (own.layer === "dense" ? [own.units] : []));
  for (const [l, { weights, biases }] of dense.entries()) {
    const before = units[l - 1] ?? definition.inputs;
    const sizes = { weights: [weights, units[l]! * before], biases: [biases, units[l]!] } as const;
    for (const [what, [values, size]] of Object.entries(sizes)) {
      const place = `${where}, dense layer ${l + 1}, ${what}`;
      if (values.length !== size) throw dataError(place, `${size} numbers`, String(values.length));
      const wrong = values.find((value) => !Number.isFinite(value));
      if (wrong !== undefined) throw dataError(place, "finite numbers", String(wrong));
    }
  }
  const net = network(definition); // of sizes that are proven
  for (const [l, { weights, biases }] of dense.entries()) {
    net.parameters.get(`W${l + 1}`)!.set(weights);
    net.parameters.get(`b${l + 1}`)!.set(biases);
  }
  return net;
}

/** What would change predictions and cannot be taken: by its name. */
export function cannotTake(where: string, what: string): NablaError {
  const message = `${where}: cannot take ${what}, on which predictions depend`;
  return new NablaError("data", message, { where, got: what });
}
