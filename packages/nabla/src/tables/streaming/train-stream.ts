/**
 * A table that is larger than the memory → a model. A first pass takes the census; each epoch is a pass
 * more. In memory are two windows of encoded rows, the rows to stop by and to test, and a sample of those
 * that are trained on, which stands for them in the report.
 */

import { checkCount } from "../../checks.ts";
import { NablaError } from "../../errors.ts";
import { isWhole } from "../../train/options.ts";
import { embeddingsOf, featureNames, type TableSchema } from "../columns/schema.ts";
import type { Parts } from "../division/parts.ts";
import { checkFractions } from "../division/split.ts";
import { encodeParts } from "../examples.ts";
import { learnFrom } from "../learn.ts";
import { defaultPenalty, newNetwork } from "../networks.ts";
import { keptOf, originFrom } from "../resume.ts";
import { type Settings, settle, type TableOptions } from "../settings.ts";
import type { Table } from "../table.ts";
import { outputCount } from "../target.ts";
import { namesOf } from "../task.ts";
import { conclude, type TrainedTable, trainTable } from "../train.ts";
import { type Census, takeCensus } from "./census.ts";
import type { DividerOptions } from "./divider.ts";
import { holdAll } from "./held-rows.ts";
import { lessonsOf } from "./lessons.ts";
import { orderWarnings } from "./order-warnings.ts";
import { categoryRowsOf, keepVarying, schemaOfStream, weighingRows } from "./stream-schema.ts";
import { blocksOf, type TableStream } from "./table-stream.ts";

/** The defaults of `epochs`, `patience` and the others are those of a table in memory. */
export interface StreamOptions extends TableOptions {
  /** Default 256: there are steps enough, and they are faster than smaller ones. */
  readonly batchSize?: number;
  /**
   * Rows that are held at a time, and shuffled among themselves. A table of no more rows is read into memory,
   * and everything is as it is there. Default 262,144, fewer where rows are wide.
   */
  readonly window?: number;
  /** Called once before the training, with the rows that are held. */
  readonly onHeld?: (table: Table) => void | Promise<void>;
  /** Called some ten thousand rows after the other. */
  readonly onRows?: (progress: RowsRead) => void;
}

export interface RowsRead {
  readonly stage: "statistics" | "training";
  /** Of the pass at hand. */
  readonly rows: number;
  /** Of every pass. */
  readonly of: number;
}

export interface StreamedTable extends TrainedTable {
  /** What is held of the stream: `run.parts` are rows of it. Those to train on may be a sample. */
  readonly table: Table;
}

/** Rows of a step, unless told. */
const BATCH = 256;
const WINDOW_ROWS = 1 << 18;
/** Of a window: 64 MiB of float32, held three times. Of a single one 128, twice. */
const WINDOW_NUMBERS = 1 << 24;
const SINGLE_NUMBERS = 1 << 25;
/** Reading is cheaper than training; a table of so many windows is shuffled as a whole. */
const MOST_TURNS = 4;
/** Of each part in memory. */
const HELD_ROWS = 1 << 16;
const HELD_CELLS = 1 << 22;
/** How a network without hidden layers is trained on the sample. */
const LINEAR = { epochs: 20, batchSize: 32 };

/**
 * Trains as `trainTable` does on a table that need not fit in memory, and to the same bits where it fits
 * in the window. Where it does not, validation and test rows are at most some 65,536 each; the others of
 * their share are trained on.
 * Throws as `trainTable` does, and at options that a stream cannot honour: group, time, folds and lbfgs.
 */
export async function trainStream(
  stream: TableStream,
  options: StreamOptions,
): Promise<StreamedTable> {
  const { window, onHeld, onRows, ...given } = options;
  if (window !== undefined) checkCount("window", window);
  const most = window ?? windowOf(stream.columns.length);
  if (stream.rows <= most) {
    const table = await holdAll(stream);
    await onHeld?.(table);
    return { ...(await trainTable(table, given)), table };
  }
  const settings = { ...settle(await firstBlock(stream), { batchSize: BATCH, ...given }), window };
  refuse(settings);
  const report = (stage: RowsRead["stage"]) => (rows: number) =>
    onRows?.({ stage, rows, of: stream.rows });

  const divider = dividerOf(stream, settings);
  const census = await takeCensus(stream, { settings, divider, onRows: report("statistics") });
  await onHeld?.(census.held);
  const schema = schemaOfStream(census, settings);
  const { precision } = settings;
  const data = encodeParts(schema, census.held, { ...partsOf(census), precision });
  const l2 = settings.l2 ?? defaultPenalty({ rows: weighingRows(census, schema) });
  const net = newNetwork(schema, { ...settings, l2 });
  const origin = () => originFrom({ rows: stream.rows, columns: census.prints }, settings, net);
  const kept = keptOf(origin, settings, { net, schema });

  const categoryRows = categoryRowsOf(census, schema);
  const held = window ?? encodedWindow(census.train, numbersOf(schema));
  const turns = Math.min(MOST_TURNS, Math.ceil(census.train / held));
  const lessons = lessonsOf(stream, {
    ...{ schema, divider, precision, rows: census.train, window: held, turns },
    onRows: report("training"),
  });
  const streamed = { lessons: { stream: lessons, categoryRows }, linear: LINEAR };
  const learnt = await learnFrom({ net, schema, data, streamed }, { ...settings, l2, kept });
  const concluded = conclude(learnt, {
    table: census.held,
    settings: { ...settings, columns: keepVarying(census, settings) },
    parts: partsOf(census),
    trained: census.train,
  });
  const { report: said, ...others } = concluded;
  const warnings = [...said.warnings, ...orderWarnings(census, { window: held, turns })];
  return { ...others, report: { ...said, warnings }, table: census.held };
}

/** Of cells as they are. */
const windowOf = (columns: number): number =>
  Math.min(WINDOW_ROWS, Math.max(1, Math.floor(WINDOW_NUMBERS / columns)));

/** Of encoded rows: all of them, where these are few numbers, for they are then shuffled best and read once. */
const encodedWindow = (rows: number, width: number): number =>
  rows * width <= SINGLE_NUMBERS ? rows : Math.max(1, Math.floor(WINDOW_NUMBERS / width));

/** Of a row, as the network sees it. */
const numbersOf = (schema: TableSchema): number =>
  featureNames(schema).length + embeddingsOf(schema).length + outputCount(schema.target);

const partsOf = ({ parts, singletons, dropped }: Census): Parts => ({
  ...{ train: parts.train, validation: parts.validation, test: parts.test },
  ...{ singletons, dropped },
});

/** What the types of the columns leave open about the task is read from the first block. */
async function firstBlock(stream: TableStream): Promise<Table> {
  for await (const block of blocksOf(stream)) return block;
  return { name: stream.name, rows: 0, columns: [] };
}

function dividerOf({ rows, columns }: TableStream, settings: Settings): DividerOptions {
  const [, validation, test] = checkFractions(settings);
  const most = Math.min(HELD_ROWS, HELD_CELLS / columns.length) / rows;
  return {
    seed: settings.seed,
    shares: {
      ...{ validation: Math.min(validation, most), test: Math.min(test, most) },
      sample: Math.min(1 - validation - test, most),
    },
    targets: namesOf(settings.target),
    classes: settings.task === "classification",
    weight: settings.weight,
  };
}

/** Options that need all rows at once, be they those of a model to go on from. */
function refuse({ group, time, folds, optimizer }: Settings): void {
  const needs = { group, time, folds, optimizer: isWhole(optimizer) ? "lbfgs" : undefined };
  for (const [where, got] of Object.entries(needs)) {
    if (got === undefined) continue;
    const remedy = "leave it out, or give a window of all rows";
    const message = `${where} ${got} does not go with a stream, which never holds all rows; ${remedy}`;
    throw new NablaError("usage", message, { where, got: String(got), remedy });
  }
}
