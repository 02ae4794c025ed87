/**
 * What a model owes to each column: how much worse it is on rows where the values of that column are
 * shuffled among them, so that they say nothing about their row any more.
 *
 *     importance = loss with the column shuffled − loss
 *
 * L. Breiman: Random forests. Machine Learning 45 (2001). Of columns that say the same, each may seem
 * to matter little: the other still says it.
 */

import { permutation, randomStream } from "../../train/random.ts";
import { encodeFeatures } from "../columns/encode.ts";
import { type ComparedBy, comparedBy, judgeBy, mainMetric } from "../metrics.ts";
import type { TableModel } from "../model.ts";
import type { Table } from "../table.ts";
import { targetValues } from "../target.ts";
import { rowWeights } from "../weights.ts";
import { type FeatureInputs, placesOf, withFeature } from "./places.ts";
import { sampleRows } from "./sample.ts";

export interface ImportanceOptions {
  /** Rows with a target, such as those of the test part. */
  readonly rows: Uint32Array;
  /** How many shuffles there are of each column. Default 10. */
  readonly repeats?: number;
  /** Of more rows, so many are drawn at random. Default 2000. */
  readonly most?: number;
  /** Of the shuffles and the draw. Default that of the training. */
  readonly seed?: number;
}

export interface Importance {
  /** What the network was trained to make small. */
  readonly metric: ComparedBy;
  /** Of these rows as they are. */
  readonly value: number;
  /** How many rows were looked at. */
  readonly rows: number;
  /** In the order of the features. */
  readonly columns: readonly ColumnImportance[];
}

export interface ColumnImportance {
  readonly name: string;
  /** How much worse the metric becomes: the mean over the shuffles, the least and the most. */
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** Undefined where the metric has no meaning: of no rows, or of rows that all weigh 0. */
export function permutationImportance(
  { network, schema, training }: TableModel,
  table: Table,
  options: ImportanceOptions,
): Importance | undefined {
  const { repeats = 10, most = 2000, seed = training.seed } = options;
  const rows = sampleRows(options.rows, { most, stream: randomStream(seed, "importance") });
  const { inputs } = encodeFeatures(schema, table, rows);
  const values = targetValues(schema.target, table, rows);
  const weights = rowWeights(schema.weights, table, rows);
  const metric = metricOf({ network, schema });
  const judge = (given: FeatureInputs) => {
    const outcome = { outputs: network.predict(given), values };
    return judgeBy(metric, schema.target, outcome)({ weights });
  };

  const value = rows.length > 0 ? judge(inputs) : undefined;
  if (value === undefined) return undefined;
  const sign = comparedBy[metric] === "lower" ? 1 : -1;
  const places = placesOf(schema);
  const columns = schema.features.map(({ name }, column) => {
    const losses = Array.from({ length: repeats }, (_, repeat) => {
      const stream = randomStream(seed, "importance", column + 1, repeat);
      const order = permutation(rows.length, stream);
      const from = (n: number) => order[n]!;
      const shuffled = withFeature(inputs, places[column]!, { source: inputs, from });
      return sign * (judge(shuffled)! - value);
    });
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / repeats;
    return { name, mean, low: Math.min(...losses), high: Math.max(...losses) };
  });
  return { metric, value, rows: rows.length, columns };
}

function metricOf({ network, schema }: Pick<TableModel, "network" | "schema">): ComparedBy {
  const { definition } = network;
  const cost = "layers" in definition ? definition.cost : "";
  return mainMetric(schema.target, { cost, classWeight: schema.weights?.classes });
}
