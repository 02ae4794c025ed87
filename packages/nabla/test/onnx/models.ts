/** Models of every kind: each activation of the table, each task, each layer, each kind of column. */

import {
  activation,
  activationNames,
  dense,
  dropout,
  type Feature,
  featureNames,
  type LayeredDefinition,
  layerNorm,
  network,
  residual,
  type TableModel,
  type Target,
} from "nabla";
import { features, training } from "./tables.ts";

type Built = Omit<LayeredDefinition, "inputs">;

/** With a network that has the parameters it starts with, the biases among them. */
function modelOf(columns: readonly Feature[], target: Target, built: Built): TableModel {
  const schema = { features: columns, target };
  const embeddings = columns.flatMap((feature) => {
    if (!("units" in feature)) return [];
    const { categories, missing, units } = feature;
    return [{ categories: categories.length + (missing ? 2 : 1), units }];
  });
  const net = network({
    inputs: featureNames(schema).length,
    ...(embeddings.length > 0 && { embeddings }),
    ...built,
    initial: Object.fromEntries(biasesOf(built).map((name) => [name, "glorot-uniform"])),
  });
  return { network: net, schema, training };
}

/** b1, b2, …: as many as there are dense layers. */
function biasesOf({ layers }: Pick<Built, "layers">): string[] {
  const text = JSON.stringify(layers);
  return [...text.matchAll(/"layer":"dense"/g)].map((_, l) => `b${l + 1}`);
}

const f = features;
const encoded = [f.mass, f.year, f.island, f.sex, f.tagged, f.moment];
const classes: Target = {
  task: "classification",
  name: "kind",
  type: "text",
  classes: ["Adélie", "b", "😀"],
};
const digits: Target = {
  task: "classification",
  name: "digit",
  type: "number",
  classes: ["1", "10"],
};
const quantity = { name: "price", type: "number", mean: 1234.5, scale: 87.25 } as const;
const labels: Target = {
  task: "multi-label",
  targets: [
    { name: "red", type: "boolean" },
    { name: "round", type: "number" },
  ],
};

const toClasses = (hidden: Built["layers"], rest: Partial<Built> = {}): Built => ({
  layers: [...hidden, dense(3)],
  cost: "cross-entropy",
  ...rest,
});

export const models: Readonly<Record<string, TableModel>> = {
  ...Object.fromEntries(
    activationNames.map((name) => [
      `classes by ${name}, from columns of all kinds`,
      modelOf(encoded, classes, toClasses([dense(7, name)])),
    ]),
  ),
  "classes by a formula of one's own": modelOf(
    encoded,
    classes,
    toClasses([dense(5, "log1p(z^2) + expm1(-z^2) + z^3/(1 + abs(z^3)) + sign(z) + min(z, 1)")]),
  ),
  "layer norm, a residual block and dropout": modelOf(
    encoded,
    classes,
    toClasses([
      dense(6, "relu"),
      layerNorm(),
      residual([dense(6, "silu"), dropout(0.5), dense(6)]),
      activation("softmax"),
    ]),
  ),
  "classes that are numbers, from text alone": modelOf([f.island, f.sex], digits, {
    layers: [dense(2)],
    cost: "cross-entropy",
  }),
  "names of columns and categories with any characters": modelOf(
    [f.strange, f.constant, f.empty, { ...f.mass, name: "label" }, { ...f.year, name: "Gemm" }],
    classes,
    toClasses([dense(4, "tanh")]),
  ),
  "dates with and without cycles": modelOf(
    [f.day, f.moment],
    classes,
    toClasses([dense(4, "tanh")]),
  ),
  "embeddings beside other columns": modelOf(
    [f.species, f.mass, f.island, f.place],
    classes,
    toClasses([dense(5, "gelu")]),
  ),
  "embeddings alone": modelOf([f.place, f.species], classes, toClasses([dense(5, "tanh")])),
  "a quantity in its units": modelOf(
    encoded,
    { task: "regression", ...quantity },
    {
      layers: [dense(4, "tanh"), dense(1)],
      cost: "squared-error",
    },
  ),
  "counts of the poisson cost": modelOf(
    encoded,
    { task: "regression", ...quantity, mean: 0, scale: 1 },
    { layers: [dense(4, "softplus"), dense(1)], cost: "poisson" },
  ),
  "several quantities": modelOf(
    encoded,
    { task: "regression", targets: [quantity, { ...quantity, name: "W1", mean: -3, scale: 0.5 }] },
    { layers: [dense(4, "tanh"), dense(2)], cost: "mean-absolute-error" },
  ),
  "several labels": modelOf(encoded, labels, {
    layers: [dense(4, "tanh"), dense(2)],
    cost: "binary-cross-entropy",
  }),
  "one label": modelOf(
    encoded,
    { task: "multi-label", targets: labels.targets.slice(0, 1) },
    { layers: [dense(1)], cost: "binary-cross-entropy" },
  ),
  "classes in float64": modelOf(
    [...encoded, f.species],
    classes,
    toClasses([dense(5, "elu"), dense(5, "softplus"), dense(5, "hard-sigmoid")], {
      precision: "float64",
    }),
  ),
  "quantities and labels in float64": modelOf(encoded, labels, {
    layers: [dense(4, "mish"), dense(2)],
    cost: "binary-cross-entropy",
    precision: "float64",
  }),
};
