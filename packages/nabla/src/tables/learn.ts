/**
 * Rows that are divided → a network, and what it and its rivals say of the test rows. All that is fitted
 * (columns, classes, weights, the moment to stop) is fitted here, on the rows of these parts.
 */

import type { Floats } from "../equations/memory.ts";
import type { Network } from "../running.ts";
import { fitSchema, type TableSchema } from "./columns/schema.ts";
import type { Parts } from "./division/parts.ts";
import { type Data, encodeParts } from "./examples.ts";
import { type Metrics, metricsOf, type Outcome } from "./metrics.ts";
import {
  defaultPenalty,
  type Lessons,
  linearNetwork,
  newNetwork,
  trainNetwork,
} from "./networks.ts";
import { type ConstantAnswers, constantAnswers } from "./quality/baseline.ts";
import { type Kept, keptOf, originOf } from "./resume.ts";
import { areCounts, type Settings } from "./settings.ts";
import type { Table } from "./table.ts";
import { outputCount } from "./target.ts";
import { fitWeights } from "./weights.ts";

export interface Learnt extends Awaited<ReturnType<typeof trainNetwork>> {
  readonly schema: TableSchema;
  readonly data: Data;
  readonly constant: ConstantAnswers;
  readonly judged: Judged;
}

/** Of the test rows. */
export interface Judged {
  readonly network: Outcome;
  readonly constant: Outcome;
  /** Of a network without hidden layers; undefined where its training diverged. */
  readonly linear: Outcome | undefined;
}

export async function learn(table: Table, given: Settings, parts: Parts): Promise<Learnt> {
  const schema = schemaOf(table, given, parts.train);
  const data = encodeParts(schema, table, { ...parts, precision: given.precision });
  const settings = { ...given, l2: given.l2 ?? defaultPenalty(data.train) };

  const net = newNetwork(schema, settings);
  const origin = () => originOf(table, settings, net);
  const kept = keptOf(origin, settings, { net, schema });
  return learnFrom({ net, schema, data }, { ...settings, kept });
}

export interface Ready {
  readonly net: Network;
  readonly schema: TableSchema;
  /** Where the rows to train on are streamed, `train` is a part of them. */
  readonly data: Data;
  readonly streamed?: {
    readonly lessons: Lessons;
    /** For the network without hidden layers, which is trained on that part. */
    readonly linear: Pick<Settings, "epochs" | "batchSize">;
  };
}

/** The same of rows that are encoded. */
export async function learnFrom(
  { net, schema, data, streamed }: Ready,
  { kept, ...settings }: Settings & { readonly kept: Kept },
): Promise<Learnt> {
  const lessons = streamed?.lessons;
  const trained = await trainNetwork(net, data, { ...settings, kept, lessons });
  const constant = constantAnswers(data, {
    outputs: outputCount(schema.target),
    cost: settings.cost,
    activation: settings.outputActivation,
  });
  const linear =
    settings.hidden.length === 0 || data.test.rows === 0
      ? trained.net
      : await linearNetwork(schema, data, { ...settings, ...streamed?.linear });

  const { inputs, values, rowWeights: weights } = data.test;
  const outcome = (outputs: Floats): Outcome => ({ outputs, values, weights });
  const judged = {
    network: outcome(trained.net.predict(inputs)),
    constant: outcome(constant.outputs),
    linear: linear && outcome(linear.predict(inputs)),
  };
  return { ...trained, schema, data, constant, judged };
}

/** The metrics of the network and of its baselines. */
export function metricsOfAll({ schema: { target }, judged }: Learnt): {
  metrics: Metrics;
  baseline: { constant: Metrics; linear: Metrics };
} {
  const of = (outcome: Outcome | undefined) => (outcome ? metricsOf(target, outcome) : {});
  const { network, constant, linear } = judged;
  return { metrics: of(network), baseline: { constant: of(constant), linear: of(linear) } };
}

/** Those that are no features: what decides where rows go tells it of no others. */
export const ignoredColumns = ({ ignore, group, time }: Settings): readonly string[] => [
  ...ignore,
  ...[group, time].filter((name) => name !== undefined),
];

/** Fitted on the training rows; going on with a model, its own. */
export function schemaOf(table: Table, settings: Settings, rows: Uint32Array): TableSchema {
  const { from } = settings;
  if (from === undefined) {
    const ignore = ignoredColumns(settings);
    return fitSchema(table, { ...settings, ignore, unscaled: areCounts(settings), rows });
  }
  const { features, target } = from.schema;
  const weights = fitWeights(table, target, { ...settings, rows });
  return { features, target, ...(weights && { weights }) };
}
