/**
 * A census → the schema. What takes a look at single rows (identifiers, the cycles of dates) is fitted on
 * the sample; moments, categories and missing values are those of all training rows.
 */

import { chooseCategories } from "../columns/categories.ts";
import { type ColumnSettings, settingOf } from "../columns/column-settings.ts";
import { momentsFrom } from "../columns/moments.ts";
import { type Feature, fitSchema, isEmbedded, type TableSchema } from "../columns/schema.ts";
import type { CategoryRows } from "../columns/unseen.ts";
import { areCounts, type Settings } from "../settings.ts";
import type { Quantity, Target } from "../target.ts";
import { fitWeights, type SchemaWeights } from "../weights.ts";
import type { Census } from "./census.ts";

/** Going on with a model, its own but for the weights. */
export function schemaOfStream(census: Census, settings: Settings): TableSchema {
  const { from } = settings;
  const { held, parts } = census;
  const rows = parts.train;
  if (from !== undefined) {
    const { features, target } = from.schema;
    const weights = weightsOf(fitWeights(held, target, { ...settings, rows }), target, {
      census,
      settings,
    });
    return { features, target, ...(weights && { weights }) };
  }
  const columns = keepVarying(census, settings);
  const fitted = fitSchema(held, { ...settings, columns, unscaled: areCounts(settings), rows });
  const features = fitted.features.map((feature) => counted(feature, census, settings));
  const target = areCounts(settings) ? fitted.target : countedTarget(fitted.target, census);
  const weights = weightsOf(fitted.weights, target, { census, settings });
  return { features, target, ...(weights && { weights }) };
}

/** With a setting for columns that are constant in the sample only: so they are kept. */
export function keepVarying(
  { held, parts, tallies }: Census,
  { columns, target, weight }: Settings,
): ColumnSettings {
  const rows = parts.train;
  const others = [target, weight].flat();
  const kept = held.columns.flatMap((column) => {
    if (Object.hasOwn(columns, column.name) || others.includes(column.name)) return [];
    const { name, type, values } = column;
    const first = values[rows[0]!];
    const isConstant = rows.every((row) => Object.is(values[row], first));
    return isConstant && tallies.get(name)?.varies ? [[name, type] as const] : [];
  });
  return { ...columns, ...Object.fromEntries(kept) };
}

function counted(feature: Feature, { tallies, train }: Census, { columns }: Settings): Feature {
  const { spread, labels, missing: lacking } = tallies.get(feature.name)!;
  const missing = lacking > 0;
  if (!("categories" in feature)) return { ...feature, ...momentsFrom(spread), missing };
  const { name, type } = feature;
  const embed = settingOf(columns, name)?.embed;
  const chosen = chooseCategories(labels.counts, { rows: train, embed });
  const other = chosen.other || labels.lost > 0; //  labels that were given up are some
  return { name, type, ...chosen, other, missing } as Feature;
}

function countedTarget(target: Target, { tallies }: Census): Target {
  if (target.task !== "regression") return target; //  every class is in the sample
  const moments = ({ name }: Quantity) => momentsFrom(tallies.get(name)!.spread);
  if ("targets" in target) {
    const targets = target.targets.map((quantity) => ({ ...quantity, ...moments(quantity) }));
    return { ...target, targets };
  }
  return { ...target, ...moments(target) };
}

/** Balanced by all training rows. */
function weightsOf(
  fitted: SchemaWeights | undefined,
  target: Target,
  { census: { tallies, train }, settings }: { census: Census; settings: Settings },
): SchemaWeights | undefined {
  if (settings.classWeight !== "balanced" || target.task !== "classification") return fitted;
  const { counts } = tallies.get(target.name)!.labels;
  const { classes } = target;
  return {
    ...fitted,
    classes: classes.map((name) => train / (classes.length * counts.get(name)!)),
  };
}

/** How many training rows are of a class that weighs something. */
export function weighingRows({ tallies, train }: Census, { target, weights }: TableSchema): number {
  if (target.task !== "classification" || weights?.classes === undefined) return train;
  const { counts } = tallies.get(target.name)!.labels;
  const weighing = target.classes.filter((_, number) => weights.classes![number]! > 0);
  return weighing.reduce((sum, name) => sum + (counts.get(name) ?? 0), 0);
}

/** How many training rows have each category of an embedded column. */
export function categoryRowsOf(census: Census, { features }: TableSchema): CategoryRows {
  const embedded = features.filter(isEmbedded);
  return (input, categories) => {
    const feature = embedded[Number(input.replace(/^id/, "")) - 1];
    if (feature === undefined) return undefined;
    const { labels, missing } = census.tallies.get(feature.name)!;
    const rows = new Float64Array(categories);
    for (const [k, name] of feature.categories.entries()) rows[k] = labels.counts.get(name) ?? 0;
    const known = rows.reduce((sum, count) => sum + count, 0);
    rows[feature.categories.length]! += census.train - missing - known;
    rows[categories - 1]! += missing;
    return rows;
  };
}
