/** A table and a training of it with everything switched on, for the tests of checkpoints. */

import { adam } from "../../src/functions/optimizers.ts";
import { oneCycle } from "../../src/functions/schedules.ts";
import type { TableCheckpoint } from "../../src/tables/resume.ts";
import type { TableOptions } from "../../src/tables/settings.ts";
import { type Column, createTable, type Table } from "../../src/tables/table.ts";
import { trainTable } from "../../src/tables/train.ts";
import { randomStream } from "../../src/train/random.ts";

const ROWS = 90;

/** Two classes apart along the sum of the numbers, with gaps. */
export function birds(): Table {
  const random = randomStream(3, "split", 1);
  const of = <T>(make: (i: number) => T) => Array.from({ length: ROWS }, (_, i) => make(i));
  const mass = Float64Array.from(of(() => random.normal()));
  const depth = Float64Array.from(of(() => random.normal()));
  const columns: Column[] = [
    { name: "mass", type: "number", values: mass.map((x, i) => (i % 11 === 5 ? Number.NaN : x)) },
    { name: "depth", type: "number", values: depth },
    { name: "island", type: "text", values: of((i) => ["a", "b", null][i % 3]!) },
    { name: "ringed", type: "boolean", values: of((i) => i % 2 === 0) },
    { name: "note", type: "text", values: of((i) => `n${i}`) },
    { name: "kind", type: "text", values: of((i) => (mass[i]! + depth[i]! > 0 ? "big" : "small")) },
  ];
  return createTable("birds.csv", columns);
}

export const everything: TableOptions = {
  ...{ target: "kind", ignore: ["note"], hidden: [6, 5], activation: "tanh", dropout: 0.2 },
  ...{ optimizer: adam({ learningRate: 0.02 }), schedule: oneCycle(), clipNorm: 1 },
  ...{ epochs: 12, batchSize: 8, patience: 6, l1: 1e-4, l2: 1e-3, seed: 5 },
  ...{ labelSmoothing: 0.05, classWeight: "balanced" },
};

/** The training with its checkpoints. */
export async function trained(options: TableOptions = everything, table: Table = birds()) {
  const checkpoints: TableCheckpoint[] = [];
  const checkpoint = {
    every: { steps: 5 },
    save: (checkpoint: TableCheckpoint) => void checkpoints.push(checkpoint),
  };
  return { ...(await trainTable(table, { checkpoint, ...options })), checkpoints };
}
