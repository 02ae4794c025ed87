/** Going on with a model: what it was trained to do stands, and options must not say otherwise. */

import { NablaError } from "../errors.ts";
import type { LayeredDefinition } from "../network.ts";
import type { TableModel } from "./model.ts";
import type { TableOptions } from "./settings.ts";
import { targetNames } from "./target.ts";

/**
 * The options with those of the model that they leave out.
 * Throws where an option contradicts the model.
 */
export function continued(model: TableModel, options: TableOptions): TableOptions {
  const { target, weights } = model.schema;
  const fixed = {
    target: targetNames(target),
    task: target.task,
    ...networkOptions(layeredDefinition(model)),
  };
  for (const name of Object.keys(fixed) as (keyof typeof fixed)[]) {
    const [expected, got] = [fixed[name], options[name] ?? fixed[name]].map((value) =>
      JSON.stringify(value),
    );
    if (got !== expected)
      throw contradiction(name, `${expected} as in the model to go on from`, got!);
  }
  const read = model.schema.features.find(({ name }) => options.ignore?.includes(name));
  if (read !== undefined)
    throw contradiction("ignore", "columns that the model does not read", `"${read.name}"`);

  const [named] = Object.keys(options.columns ?? {});
  if (named !== undefined)
    throw contradiction("columns", "left out, for the model says what they are", `"${named}"`);
  if (options.folds !== undefined)
    throw contradiction(
      "folds",
      "of a new model, for this one has seen the rows",
      `${options.folds}`,
    );

  const { seed, group, time } = model.training;
  return {
    seed,
    ...(group !== undefined && { group }),
    ...(time !== undefined && { time }),
    ...(weights?.column !== undefined && { weight: weights.column }),
    ...(weights?.classes !== undefined && { classWeight: classWeight(model) }),
    ...options,
    ...fixed,
  };
}

/** The options that made these layers. */
function networkOptions({ layers, cost, ...definition }: LayeredDefinition) {
  const hidden = layers.slice(0, -1).filter((layer) => layer.layer === "dense");
  const dropout = layers.find((layer) => layer.layer === "dropout");
  return {
    hidden: hidden.map(({ units }) => units),
    ...(hidden[0]?.activation !== undefined && { activation: hidden[0].activation }),
    dropout: dropout?.rate ?? 0,
    cost,
    labelSmoothing: definition.labelSmoothing ?? 0,
    l1: definition.l1 ?? 0,
    l2: definition.l2 ?? 0,
    precision: definition.precision ?? "float32",
  };
}

export function layeredDefinition({ network }: Pick<TableModel, "network">): LayeredDefinition {
  const { definition } = network;
  if ("layers" in definition) return definition;
  const expected = "a model of layers";
  const message = `from must be ${expected}, got one of equations`;
  throw new NablaError("usage", message, { where: "from", expected, got: "equations" });
}

/** The weights of the model's classes by name. */
function classWeight({ schema: { target, weights } }: TableModel): Record<string, number> {
  const classes = target.task === "classification" ? target.classes : [];
  return Object.fromEntries(classes.map((name, number) => [name, weights?.classes?.[number] ?? 1]));
}

function contradiction(where: string, expected: string, got: string): NablaError {
  const remedy = "leave it out, or train a new model";
  return new NablaError("usage", `${where} must be ${expected}, got ${got}; ${remedy}`, {
    ...{ where, expected, got, remedy },
  });
}
