/** `nabla inspect`: what is in a model file. */

import { basename } from "node:path";
import {
  type Layer,
  type Network,
  type NetworkDefinition,
  type TableModel,
  type TableSchema,
  type TrainingLog,
  targetColumns,
} from "nabla";
import { type Context, print, printJson } from "../context.ts";
import { readModel } from "../model-file.ts";
import { counted, listed, significant } from "../text.ts";

export interface InspectFlags {
  readonly model: string;
  readonly json?: boolean;
}

type Entry = readonly [label: string, text: string];

export async function inspect(flags: InspectFlags, context: Context): Promise<number> {
  const { model, versions } = await readModel(flags.model, context);
  const { network, schema, training } = partsOf(model);
  const { definition, precision } = network;
  const name = basename(flags.model);
  const parameters = Array.from(network.shapes, ([name, shape]) => ({ name, shape }));

  if (flags.json) {
    const { cost } = definition;
    const built = { ...structureOf(definition), cost, precision, parameters };
    await printJson(context.stdout, { name, ...built, schema, training, versions });
    return 0;
  }
  const sizes = parameters.map(({ name, shape }) => `${name} [${shape.join(", ")}]`);
  const entries: Entry[] = [
    ["model", name],
    ...structureLines(definition),
    ["cost", definition.cost],
    ["parameters", `${sizes.join(", ")}, ${precision}`],
    ...(schema === undefined ? [] : schemaLines(schema)),
    ...(training === undefined ? [] : trainingLines(training)),
    [
      "versions",
      Object.entries(versions)
        .map(([of, version]) => `${of} ${version}`)
        .join(", "),
    ],
  ];
  await print(context.stdout, listed(entries));
  return 0;
}

function partsOf(model: Network | TableModel): {
  network: Network;
  schema?: TableSchema;
  training?: TrainingLog;
} {
  return "schema" in model ? model : { network: model };
}

/** The layers, or the equations of a network that has none. */
const structureOf = (definition: NetworkDefinition) =>
  "layers" in definition
    ? {
        inputs: definition.inputs,
        ...(definition.embeddings && { embeddings: definition.embeddings }),
        layers: definition.layers,
      }
    : { equations: definition.equations };

function structureLines(definition: NetworkDefinition): Entry[] {
  if (!("layers" in definition)) {
    const equations = definition.equations.split(/[;\n]/).filter((text) => text.trim() !== "");
    return equations.map((text, i) => [i === 0 ? "equations" : "", text.trim()]);
  }
  const { inputs, embeddings = [], layers } = definition;
  const tables = embeddings.map(({ categories, units }) => `embedding ${categories} × ${units}`);
  return [["layers", [`${inputs} inputs`, ...tables, ...layers.map(layerLine)].join(", ")]];
}

/** `dense 64 relu`, `residual (dense 64 relu, dropout 0.5)` */
function layerLine({ layer, ...said }: Layer): string {
  const words = Object.values(said).map((value) =>
    Array.isArray(value) ? `(${value.map(layerLine).join(", ")})` : String(value),
  );
  return [layer, ...words].join(" ");
}

function schemaLines({ features, target, weights }: TableSchema): Entry[] {
  const classes = target.task === "classification" ? `: ${target.classes.join(", ")}` : "";
  const names = targetColumns(target).map(({ name }) => name);
  const types = [...new Set(features.map(({ type }) => type))];
  return [
    [names.length === 1 ? "target" : "targets", `${names.join(", ")}, ${target.task}${classes}`],
    ...types.map((type): Entry => {
      const names = features.filter((feature) => feature.type === type).map(({ name }) => name);
      return [`${type} columns`, names.join(", ")];
    }),
    ...(weights?.column === undefined ? [] : [["weights", weights.column] as const]),
  ];
}

function trainingLines(training: TrainingLog): Entry[] {
  const { optimizer, epochs, batchSize, seed, stopped, rows, metrics } = training;
  const { rule, learningRate } = optimizer;
  const figures = Object.entries(metrics).map(([name, value]) => `${name} ${significant(value)}`);
  return [
    [
      "training",
      `${counted(epochs, "epoch")} of ${rows.train} rows in batches of ${batchSize}, ` +
        `${rule} with learning rate ${learningRate}, seed ${seed}, ended by ${stopped}`,
    ],
    [`${rows.test} test rows`, figures.length === 0 ? "none were held back" : figures.join(", ")],
  ];
}
