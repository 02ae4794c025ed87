/**
 * The training rows of a stream as the network sees them, encoded block by block in every pass. Rows that
 * come in some order would be met in that order, window by window. So an epoch takes several turns, each a
 * pass over the stream that picks some of its rows at random: windows then reach over a stretch as many
 * times as long, or over the whole stream.
 */

import type { Precision } from "../../equations/memory.ts";
import type { StreamedData } from "../../train/options.ts";
import { randomStream } from "../../train/random.ts";
import { encodeFeatures } from "../columns/encode.ts";
import type { TableSchema } from "../columns/schema.ts";
import { encodeTarget } from "../target.ts";
import { costWeights } from "../weights.ts";
import { type DividerOptions, newDivider } from "./divider.ts";
import { blocksOf, type TableStream } from "./table-stream.ts";

export interface LessonOptions {
  readonly schema: TableSchema;
  readonly divider: DividerOptions;
  readonly precision: Precision;
  /** Those to train on, and how many of them are held at a time. */
  readonly rows: number;
  readonly window: number;
  readonly turns: number;
  /** Called after each block with the number of rows of the stream so far. */
  readonly onRows: (rows: number) => void;
}

export function lessonsOf(stream: TableStream, options: LessonOptions): StreamedData {
  const { schema, divider, precision, rows, window, turns, onRows } = options;
  async function* takeTurn(turn: number) {
    const divide = newDivider(divider);
    const random = randomStream(divider.seed, "shuffle"); //  of epoch 0, which no order is of
    for await (const block of blocksOf(stream)) {
      const all = divide(block).train;
      const train = turns === 1 ? all : all.filter(() => random.below(turns) === turn);
      const weights = costWeights(schema, block, train);
      yield {
        inputs: encodeFeatures(schema, block, train, precision).inputs,
        targets: encodeTarget(schema.target, block, train),
        ...(weights && { weights }),
      };
      onRows((block.firstRow ?? 0) + block.rows);
    }
  }
  async function* pass() {
    for (let turn = 0; turn < turns; turn++) yield* takeTurn(turn);
  }
  return { rows, window, pass };
}
