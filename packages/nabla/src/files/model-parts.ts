/** What may stand in the parts of a model file, field by field: plain data, and nothing else. */

import { type InitializerName, initializerNames } from "../functions/initializers.ts";
import type {
  EquationDefinition,
  Layer,
  LayeredDefinition,
  NetworkDefinition,
} from "../network.ts";
import { cycleNames } from "../tables/columns/cycles.ts";
import type { Feature, TableSchema } from "../tables/columns/schema.ts";
import type { Target } from "../tables/target.ts";
import { dataError, quoted } from "./json.ts";
import {
  count,
  dictionary,
  flag,
  isRecord,
  list,
  notNegative,
  number,
  oneOf,
  positive,
  type Reader,
  record,
  tagged,
  text,
} from "./plain.ts";

/** Names of which none occurs twice: each has a slot. */
const labels: Reader<string[]> = (value, where) => {
  const names = list(text)(value, where);
  const again = names.find((name, i) => names.indexOf(name) < i);
  if (again === undefined) return names;
  throw dataError(where, "each name once", `${quoted(again)} again`);
};

const initializer = oneOf(...initializerNames);
const start: Reader<InitializerName | number> = (value, where) =>
  typeof value === "number" ? value : initializer(value, where);

const common = {
  seed: count,
  precision: oneOf("float32", "float64"),
  initial: dictionary(start),
};

const innerLayers: Reader<Layer[]> = (value, where) => list(layer)(value, where);
const layer = tagged<Layer>("layer", {
  dense: record({ layer: oneOf("dense"), units: count }, { activation: text }),
  activation: record({ layer: oneOf("activation"), activation: text }),
  "layer-norm": record({ layer: oneOf("layer-norm") }),
  dropout: record({ layer: oneOf("dropout"), rate: number }),
  residual: record({ layer: oneOf("residual"), layers: innerLayers }),
});

const layeredDefinition: Reader<LayeredDefinition> = record(
  { inputs: count, layers: list(layer), cost: text },
  {
    ...{ l1: number, l2: number, weighted: flag, labelSmoothing: number },
    ...{ embeddings: list(record({ categories: count, units: count })), ...common },
  },
);

const nameOrNames: Reader<string | string[]> = (value, where) =>
  typeof value === "string" ? value : list(text)(value, where);

const equationDefinition: Reader<EquationDefinition> = record(
  {
    equations: text,
    extents: dictionary(count),
    inputs: nameOrNames,
    outputs: text,
    cost: text,
  },
  { targets: text, weights: text, masks: dictionary(number), ...common },
);

export const networkDefinition: Reader<NetworkDefinition> = (value, where) =>
  isRecord(value) && Object.hasOwn(value, "equations")
    ? equationDefinition(value, where)
    : layeredDefinition(value, where);

const moments = { mean: number, scale: positive };

const category = {
  name: text,
  type: oneOf("text", "boolean"),
  categories: labels,
  other: flag,
  missing: flag,
};
const embedded = record({
  ...{ ...category, type: oneOf("text"), units: count },
  other: oneOf(true),
});
const feature = tagged<Feature>("type", {
  number: record({ name: text, type: oneOf("number"), ...moments, missing: flag }),
  date: record({
    ...{ name: text, type: oneOf("date"), ...moments },
    ...{ cycles: list(oneOf(...cycleNames)), missing: flag },
  }),
  text: (value, where) =>
    isRecord(value) && Object.hasOwn(value, "units")
      ? embedded(value, where)
      : record(category)(value, where),
  boolean: record(category),
});

const quantityTarget = { name: text, type: oneOf("number"), ...moments };
const labelTarget = record({ name: text, type: oneOf("number", "boolean") });

/** Columns of which none occurs twice, and one at least. */
const several =
  <T extends { readonly name: string }>(column: Reader<T>): Reader<T[]> =>
  (value, where) => {
    const columns = list(column)(value, where);
    if (columns.length === 0) throw dataError(where, "a column to predict", "none");
    labels(
      columns.map(({ name }) => name),
      where,
    );
    return columns;
  };

const regression = record({ task: oneOf("regression"), ...quantityTarget });
const jointRegression = record({
  task: oneOf("regression"),
  targets: several(record(quantityTarget)),
});

const target = tagged<Target>("task", {
  regression: (value, where) =>
    isRecord(value) && Object.hasOwn(value, "targets")
      ? jointRegression(value, where)
      : regression(value, where),
  classification: record({
    task: oneOf("classification"),
    name: text,
    type: oneOf("number", "text", "boolean"),
    classes: labels,
  }),
  "multi-label": record({ task: oneOf("multi-label"), targets: several(labelTarget) }),
});

const weights = record({}, { column: text, classes: list(notNegative) });

export const tableSchema: Reader<TableSchema> = record(
  { features: list(feature), target },
  { weights },
);
