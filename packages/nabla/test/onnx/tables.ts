/** A schema with columns of every kind, and rows with all that can stand in them. */

import { type Column, createTable, type Feature, type Table, type TableModel } from "nabla";
import { randomStream } from "../../src/train/random.ts";

type CategoryFeature = Extract<Feature, { categories: readonly string[] }>;

export const features = {
  mass: { name: "body mass (g)", type: "number", mean: 4201.754, scale: 801.95, missing: true },
  year: { name: "year", type: "number", mean: 2008.029, scale: 0.8184, missing: false },
  island: {
    name: "island",
    type: "text",
    categories: ["Biscoe", "Dream"],
    other: true,
    missing: true,
  },
  sex: { name: "sex", type: "text", categories: ["FEMALE", "MALE"], other: false, missing: false },
  tagged: {
    name: "tagged",
    type: "boolean",
    categories: ["false", "true"],
    other: false,
    missing: true,
  },
  strange: {
    name: 'W1 "größe"\n😀',
    type: "text",
    categories: ["", "1", "1.0", "NaN", "été", "😀"],
    other: true,
    missing: false,
  },
  constant: { name: "constant", type: "text", categories: [], other: false, missing: true },
  empty: { name: "empty", type: "text", categories: [], other: false, missing: false },
  day: { name: "day", type: "date", mean: 14000.5, scale: 302.25, cycles: [], missing: false },
  moment: {
    name: "moment",
    type: "date",
    mean: 15000.25,
    scale: 400,
    cycles: ["day", "week", "year"],
    missing: true,
  },
  species: {
    name: "species",
    type: "text",
    categories: ["A", "B", "C"],
    other: true,
    missing: true,
    units: 2,
  },
  place: {
    name: "place",
    type: "text",
    categories: ["x", "y"],
    other: true,
    missing: false,
    units: 3,
  },
} as const satisfies Record<string, Feature>;

/** Of a log nothing is exported. */
export const training: TableModel["training"] = {
  seed: 0,
  optimizer: { rule: "sgd", learningRate: 0.1, momentum: 0, nesterov: false, weightDecay: 0 },
  batchSize: 32,
  epochs: 1,
  stopped: "epochs",
  rows: { train: 1, validation: 0, test: 0 },
  cost: { train: 1 },
  metrics: {},
  baseline: { constant: {}, linear: {} },
};

/** Whether the time of day counts. */
export const isMoment = (feature: Feature): boolean =>
  feature.type === "date" && feature.cycles.includes("day");

/**
 * Rows of these columns: a fifth of the values are missing; of categories there are all that are listed,
 * and an unknown one. Numbers are such that float32 holds them exactly, but for moments of the day.
 */
export function tableOf(features: readonly Feature[], rows: number): Table {
  const random = randomStream(1, "shuffle");
  const columns = features.map((feature): Column => {
    const { name, type } = feature;
    const values = Array.from({ length: rows }, () =>
      random.uniform() < 0.2 ? null : random.uniform(),
    );
    switch (type) {
      case "number":
      case "date": {
        const { mean, scale } = feature;
        const exact = isMoment(feature) ? (x: number) => x : Math.fround;
        const spread = (u: number) => exact(mean + scale * (4 * u - 2));
        const numbers = values.map((u) => (u === null ? Number.NaN : spread(u)));
        return { name, type, values: Float64Array.from(numbers) };
      }
      case "text": {
        const texts = [...(feature as CategoryFeature).categories, "an unknown one"];
        const isCategory = texts.includes("");
        const at = (u: number) => texts[Math.floor(u * texts.length)]!;
        // "" stands for what is missing, unless it is a category
        return {
          name,
          type,
          values: values.map((u) => (u === null ? (isCategory ? "" : null) : at(u))),
        };
      }
      case "boolean":
        return { name, type, values: values.map((u) => (u === null ? null : u < 0.5)) };
      default:
        throw type satisfies never;
    }
  });
  return createTable("rows", columns);
}
