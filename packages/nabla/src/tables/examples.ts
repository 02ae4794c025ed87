/** Rows of a table as the network sees them. */

import type { FlatInputs } from "../data.ts";
import type { Precision } from "../equations/memory.ts";
import type { Network } from "../running.ts";
import type { TrainingData } from "../train/options.ts";
import { encodeFeatures } from "./columns/encode.ts";
import type { TableSchema } from "./columns/schema.ts";
import type { Parts } from "./division/parts.ts";
import type { TrainingLog } from "./model.ts";
import type { Table } from "./table.ts";
import { encodeTarget, targetValues } from "./target.ts";
import { costWeights, rowWeights } from "./weights.ts";

export interface Examples {
  readonly inputs: FlatInputs;
  readonly targets: Float64Array;
  /** In the cost. */
  readonly weights?: Float64Array;
  /** In the metrics. */
  readonly rowWeights: Float64Array | undefined;
  /** Of the target as the metrics compare them, [rows, targets]. */
  readonly values: Float64Array;
  readonly rows: number;
}

/** By the part that the rows have in a training. */
export interface Data {
  readonly train: Examples;
  readonly validation: Examples;
  readonly test: Examples;
}

/** Inputs are of the network's precision, which takes them without a copy. */
export function encodeParts(
  schema: TableSchema,
  table: Table,
  { train, validation, test, precision }: Parts & { readonly precision?: Precision },
): Data {
  const encode = (rows: Uint32Array) => encodeRows(schema, table, { rows, precision });
  return { train: encode(train), validation: encode(validation), test: encode(test) };
}

function encodeRows(
  schema: TableSchema,
  table: Table,
  { rows, precision }: { rows: Uint32Array; precision: Precision | undefined },
): Examples {
  const weights = costWeights(schema, table, rows);
  return {
    inputs: encodeFeatures(schema, table, rows, precision).inputs,
    targets: encodeTarget(schema.target, table, rows),
    ...(weights && { weights }),
    rowWeights: rowWeights(schema.weights, table, rows),
    values: targetValues(schema.target, table, rows),
    rows: rows.length,
  };
}

/** What a training and the doctor are given. */
export const trainingData = ({ inputs, targets, weights }: Examples): TrainingData => ({
  inputs,
  targets,
  ...(weights && { weights }),
});

/** Costs that differ by less of themselves differ by rounding: they may be float32's. */
const ROUNDING = 1e-6;

export const areBelow = (cost: TrainingLog["cost"], constant: TrainingLog["cost"]): boolean =>
  (["train", "validation"] as const).every((part) => {
    const [own = 0, other] = [cost[part], constant[part]];
    return other === undefined || other - own > ROUNDING * Math.abs(other);
  });

/** Of the rows that were trained on, and of those to stop by. */
export function costsOf(net: Network, { train, validation }: Data): TrainingLog["cost"] {
  const of = ({ inputs, targets, weights }: Examples) =>
    net.cost(inputs, targets, { ...(weights && { weights }) });
  return { train: of(train), ...(validation.rows > 0 && { validation: of(validation) }) };
}
