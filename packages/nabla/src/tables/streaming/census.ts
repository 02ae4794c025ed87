/**
 * The first pass over a stream: what its training rows say of the columns, and the rows that are held in
 * memory, to stop by, to test, and of those to train on a sample.
 */

import { settingOf } from "../columns/column-settings.ts";
import { countLabels } from "../columns/labels.ts";
import type { ColumnPrint } from "../resume.ts";
import { areCounts, type Settings } from "../settings.ts";
import { columnOf, type Table } from "../table.ts";
import { checkCounts } from "../target.ts";
import { namesOf } from "../task.ts";
import { rowWeights } from "../weights.ts";
import { type ColumnTally, newColumnTally } from "./column-tally.ts";
import { type DividedBlock, newDivider } from "./divider.ts";
import { newHeldRows } from "./held-rows.ts";
import { newPrinter } from "./prints.ts";
import { blocksOf, type TableStream } from "./table-stream.ts";

export interface Census {
  /** How many rows there are to train on. */
  readonly train: number;
  /** Rows without a target, or of weight 0. */
  readonly dropped: number;
  /** Of the training rows, by the names of the columns: features and targets. */
  readonly tallies: ReadonlyMap<string, ColumnTally>;
  /** The classes of a single row. */
  readonly singletons: readonly string[];
  readonly held: Table;
  /** Rows of `held`; those to train on are a sample. */
  readonly parts: DividedBlock;
  /** Where a checkpoint is to be compared. */
  readonly prints: readonly ColumnPrint[];
}

export interface CensusOptions {
  readonly settings: Settings;
  readonly divider: Parameters<typeof newDivider>[0];
  /** Called after each block with the number of rows so far. */
  readonly onRows: (rows: number) => void;
}

export async function takeCensus(stream: TableStream, options: CensusOptions): Promise<Census> {
  const { settings, divider, onRows } = options;
  const targets = namesOf(settings.target);
  const columns = countedColumns(stream, settings);
  const tallies = new Map(columns.map((column) => [column.name, newColumnTally(column)]));
  const divide = newDivider(divider);
  const held = newHeldRows(stream);
  const kept = { sample: [], validation: [], test: [] } as Record<HeldPart, number[]>;
  const printer = settings.checkpoint || settings.resume ? newPrinter(stream, settings) : undefined;
  const elsewhere = new Set<string>(); //  the classes of rows that are not trained on
  const counts = { train: 0, known: 0 };
  const weights = settings.weight === undefined ? undefined : { column: settings.weight };

  for await (const block of blocksOf(stream)) {
    const parts = divide(block);
    const { train, validation, test } = parts;
    for (const tally of tallies.values()) tally.add(block, train);
    for (const part of heldParts) {
      for (let n = 0; n < parts[part].length; n++) kept[part].push(held.rows + n);
      held.add(block, parts[part]);
    }
    for (const rows of [train, validation, test]) {
      counts.known += rows.length;
      if (areCounts(settings))
        checkCounts(
          block,
          targets.map((name) => columnOf(block, name)),
          rows,
        );
      if (divider.classes && rows !== train)
        for (const name of countLabels(columnOf(block, targets[0]!), rows).keys())
          elsewhere.add(name);
    }
    rowWeights(weights, block, train); // throws where one is missing or below 0
    counts.train += train.length;
    printer?.add(block);
    settings.signal?.throwIfAborted(); // there is nothing yet to keep
    onRows((block.firstRow ?? 0) + block.rows);
  }

  const { train, known } = counts;
  const classes = divider.classes ? tallies.get(targets[0]!)!.labels.counts : new Map();
  const isSingle = ([name, count]: [string, number]) => count === 1 && !elsewhere.has(name);
  const [sample, validation, test] = heldParts.map((part) => Uint32Array.from(kept[part]));
  return {
    ...{ train, dropped: stream.rows - known, tallies },
    singletons: [...classes]
      .filter(isSingle)
      .map(([name]) => name)
      .sort(),
    held: held.table(),
    parts: { train: sample!, sample: sample!, validation: validation!, test: test! },
    prints: printer?.prints() ?? [],
  };
}

const heldParts = ["sample", "validation", "test"] as const;
type HeldPart = (typeof heldParts)[number];

/** Features, by the types that they are to have, and targets as they are predicted. */
function countedColumns({ columns }: TableStream, settings: Settings) {
  const targets = namesOf(settings.target);
  const left = new Set([...settings.ignore, ...(settings.weight ? [settings.weight] : [])]);
  return columns
    .filter(({ name }) => !left.has(name) && settings.columns[name] !== "ignore")
    .map(({ name, type: own }) => {
      const isClass = settings.task === "classification" && name === targets[0];
      if (isClass) return { name, type: own === "number" ? ("text" as const) : own };
      return { name, type: settingOf(settings.columns, name)?.type ?? own };
    });
}
