/** The network of a table's model, and its training on the encoded rows. */

import { NablaError } from "../errors.ts";
import { dense, dropout as dropoutLayer, network, networkFrom } from "../network.ts";
import type { Network } from "../running.ts";
import type { StreamedData } from "../train/options.ts";
import { train } from "../train/train.ts";
import { embeddingsOf, featureNames, type TableSchema } from "./columns/schema.ts";
import { averageUncounted, averageUnseen, type CategoryRows } from "./columns/unseen.ts";
import { layeredDefinition } from "./continue.ts";
import { type Data, type Examples, trainingData } from "./examples.ts";
import type { Kept } from "./resume.ts";
import type { Settings } from "./settings.ts";
import { outputCount } from "./target.ts";

/** Epochs to wait where there are validation rows and nothing else is said. */
const PATIENCE = 20;

/**
 * λ where nobody says it. A prior W ~ N(0, 1/3) adds −log p(W) = ½·3·ΣW² to the costs of n rows, of which
 * C is the mean: 3/n. The bound leaves tables of few rows something to learn.
 */
export function defaultPenalty({ rows, weights }: Pick<Examples, "rows" | "weights">): number {
  const counted = weights?.filter((weight) => weight > 0).length ?? rows;
  return Math.min(3 / counted, 0.03);
}

/** The network of the options, or a copy of the one to go on with. */
export function newNetwork(schema: TableSchema, settings: Settings): Network {
  const { hidden, activation, outputActivation, dropout, from, backend } = settings;
  const { cost, seed, precision, l1, l2, labelSmoothing } = settings;
  const common = {
    weighted: schema.weights !== undefined,
    ...(backend !== undefined && { backend }),
  };
  if (from !== undefined) {
    const net = network({ ...layeredDefinition(from), ...common });
    for (const [name, values] of from.network.parameters) net.parameters.get(name)!.set(values);
    return net;
  }
  const embeddings = embeddingsOf(schema);
  const drop = dropout === 0 ? [] : [dropoutLayer(dropout)];
  const layers = hidden.flatMap((units) => [dense(units, activation), ...drop]);
  return network({
    inputs: featureNames(schema).length,
    ...(embeddings.length > 0 && { embeddings }),
    layers: [...layers, dense(outputCount(schema.target), outputActivation)],
    ...{ cost, seed, precision, l1, ...common },
    ...(l2 !== undefined && { l2 }),
    ...(labelSmoothing !== 0 && { labelSmoothing }),
  });
}

/** The same network, whose cost has no penalties. */
export function unpenalised(network: Network): Network {
  const definition = { ...layeredDefinition({ network }), l1: 0, l2: 0 };
  return networkFrom(definition, network.parameters);
}

/** What is trained on, where that is not in memory: `data.train` is then a part of it. */
export interface Lessons {
  readonly stream: StreamedData;
  /** Of the rows of the stream. */
  readonly categoryRows: CategoryRows;
}

/** The history goes on from what was kept. */
export async function trainNetwork(
  net: Network,
  data: Data,
  settings: Settings & { readonly kept?: Kept; readonly lessons?: Lessons | undefined },
) {
  const { optimizer, epochs, batchSize, schedule, clipNorm, seed } = settings;
  const { reproducible, onEpoch, signal, kept = { history: [] } } = settings;
  const { history, checkpoint, resume } = kept;
  const validation = data.validation.rows > 0 ? trainingData(data.validation) : undefined;
  const patience = settings.patience ?? (validation && PATIENCE);

  const { from, lessons } = settings;
  const fillUnseen = () => {
    if (from !== undefined) return;
    if (lessons === undefined) averageUnseen(net, data.train.inputs);
    else averageUncounted(net, lessons.categoryRows);
  };
  fillUnseen();
  const training = train(net, lessons?.stream ?? trainingData(data.train), {
    ...{ optimizer, epochs, seed },
    ...(batchSize !== undefined && { batchSize }),
    ...(schedule && { schedule }),
    ...(clipNorm !== undefined && { clipNorm }),
    ...(reproducible !== undefined && { reproducible }),
    ...(validation && { validation }),
    ...(patience !== undefined && { patience }),
    ...(checkpoint && { checkpoint }),
    ...(resume && { resume }),
    ...(signal && { signal }),
  });

  for (;;) {
    const next = await training.next();
    if (next.done) {
      fillUnseen();
      return { net, history, result: next.value, seconds: history.at(-1)?.seconds ?? 0 };
    }
    history.push(next.value);
    onEpoch?.(next.value);
  }
}

/** The same training of a network without hidden layers; undefined where it diverged. */
export async function linearNetwork(
  schema: TableSchema,
  data: Data,
  settings: Settings,
): Promise<Network | undefined> {
  const linear = { ...settings, hidden: [], from: undefined, onEpoch: undefined };
  try {
    return (await trainNetwork(newNetwork(schema, linear), data, linear)).net;
  } catch (error) {
    if (error instanceof NablaError && error.code === "diverged") return undefined;
    throw error;
  }
}
