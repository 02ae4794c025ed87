/**
 * What rows count for: w[n] = (the row's weight)·(the weight of its class). The cost of training and
 * validation rows is weighed by w; metrics and the constant baseline by the row's weight alone, since
 * a class that matters more is no more frequent.
 */

import { checkNotNegative } from "../checks.ts";
import { NablaError, unknownName } from "../errors.ts";
import { cellError, numberReader, typedColumn } from "./columns/cells.ts";
import { countLabels } from "./columns/labels.ts";
import { columnOf, type Table } from "./table.ts";
import { type Target, targetValues } from "./target.ts";

/** Kept with the schema, so that a cost can be computed as in training. */
export interface SchemaWeights {
  /** A column of numbers ≥ 0. */
  readonly column?: string;
  /** Of each class, in the order of the target's. */
  readonly classes?: readonly number[];
}

/** `"balanced"`: rows/(classes·rows of the class), so that all classes weigh the same together. */
export type ClassWeight = "balanced" | Readonly<Record<string, number>>;

export interface WeightOptions {
  readonly weight?: string | undefined;
  readonly classWeight?: ClassWeight | undefined;
  /** The training rows. */
  readonly rows: Uint32Array;
}

/** Throws where a class is named that there is not, or a weight is below 0. */
export function fitWeights(
  table: Table,
  target: Target,
  { weight, classWeight, rows }: WeightOptions,
): SchemaWeights | undefined {
  if (weight === undefined && classWeight === undefined) return undefined;
  return {
    ...(weight !== undefined && { column: columnOf(table, weight).name }),
    ...(classWeight !== undefined && {
      classes: classWeights(table, target, { classWeight, rows }),
    }),
  };
}

function classWeights(
  table: Table,
  target: Target,
  { classWeight, rows }: { classWeight: ClassWeight; rows: Uint32Array },
): number[] {
  if (target.task !== "classification") {
    const [expected, remedy] = ["classification", "leave it out"];
    const message = `classWeight goes with ${expected}, got ${target.task}; ${remedy}`;
    const got = target.task;
    throw new NablaError("usage", message, { where: "classWeight", expected, got, remedy });
  }
  const { classes } = target;
  if (classWeight === "balanced") {
    const counts = countLabels(columnOf(table, target.name), rows);
    return classes.map((name) => rows.length / (classes.length * counts.get(name)!));
  }
  for (const [name, weight] of Object.entries(classWeight)) {
    if (!classes.includes(name)) throw unknownName("class", name, classes);
    checkNotNegative(`classWeight of "${name}"`, weight);
  }
  return classes.map((name) => (Object.hasOwn(classWeight, name) ? classWeight[name]! : 1));
}

/** The numbers of the column of weights. Throws where one is missing or below 0. */
export function rowWeights(
  weights: SchemaWeights | undefined,
  table: Table,
  rows: Uint32Array,
): Float64Array | undefined {
  if (weights?.column === undefined) return undefined;
  const column = typedColumn(table, { name: weights.column, type: "number" });
  const read = numberReader(table, column);
  return Float64Array.from(rows, (row) => {
    const weight = read(row);
    if (weight >= 0) return weight;
    const expected = "a weight, a number ≥ 0";
    const remedy = "write 0 to leave the row out";
    throw cellError(table, { column, row, expected, remedy });
  });
}

/** w of each row, or undefined where every row counts 1. */
export function costWeights(
  { target, weights }: { target: Target; weights?: SchemaWeights },
  table: Table,
  rows: Uint32Array,
): Float64Array | undefined {
  const ofRows = rowWeights(weights, table, rows);
  const classes = weights?.classes;
  if (classes === undefined) return ofRows;
  const ofClasses = targetValues(target, table, rows).map((number) => classes[number]!);
  return ofClasses.map((weight, n) => weight * (ofRows?.[n] ?? 1));
}
