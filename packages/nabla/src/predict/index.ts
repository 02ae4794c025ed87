/** `nabla/predict`: models that predict, without what trains them. */

import { readParts } from "../files/model-reading.ts";
import { describe, type NetworkModel, newNetwork } from "./network.ts";
import { newTableModel, type TableModel } from "./table.ts";

export type { FlatInputs, Inputs } from "../data.ts";
export { NablaError } from "../errors.ts";
export type { TableSchema } from "../tables/columns/schema.ts";
export type { Prediction, Probabilities } from "../tables/fit.ts";
export type { NetworkModel, TableModel };

/**
 * The model of a file that `saveModel` wrote. It predicts what `loadModel` of `nabla` predicts, but for
 * the last bits: sums have another order, and exp, log, tanh and their like are those of the engine.
 * The parameters stay in `bytes`, which must not change any more.
 * Throws a NablaError with the place where the file is not what `saveModel` writes.
 */
export function loadModel(bytes: Uint8Array): NetworkModel | TableModel {
  const parts = readParts(bytes, { describe, trainingLog: (log) => log });
  const network = newNetwork(parts);
  return parts.table === undefined ? network : newTableModel(network, parts.table.schema);
}
