/** What `nabla train` learns from: a table in memory, or with --stream one that is passed over again and again. */

import {
  NablaError,
  type StreamedTable,
  type StreamOptions,
  type TableOptions,
  trainStream,
  trainTable,
} from "nabla";
import { type ReadOptions, readTable } from "./tables/read-table.ts";
import { openTableStream } from "./tables/table-stream.ts";

export interface StreamFlags {
  readonly stream?: boolean;
  readonly window?: number;
}

type Listeners = Pick<StreamOptions, "onHeld" | "onRows">;

export interface TrainingRows {
  readonly name: string;
  readonly columns: readonly { readonly name: string }[];
  readonly rows: number;
  /** The files that they are read from. */
  readonly files: readonly string[];
  train(options: TableOptions & Listeners): Promise<StreamedTable>;
  dispose(): Promise<void>;
}

export async function openRows(
  given: string | undefined,
  { stream, window }: StreamFlags,
  options: ReadOptions,
): Promise<TrainingRows> {
  if (!stream) {
    const table = await readTable(given, options);
    const train: TrainingRows["train"] = async ({ onHeld, onRows, ...own }) => {
      await onHeld?.(table);
      return { ...(await trainTable(table, own)), table };
    };
    const { name, columns, rows, files } = table;
    return { name, columns, rows, files, train, dispose: async () => {} };
  }
  const streamed = await openTableStream(given, options);
  const train: TrainingRows["train"] = (own) =>
    trainStream(streamed, { ...own, ...(window !== undefined && { window }) });
  const { name, columns, rows, files, dispose } = streamed;
  return { name, columns, rows, files, train, dispose };
}

/** Throws where there is a window, and nothing to see through it. */
export function refuseNoStream({ stream, window }: StreamFlags): void {
  if (window === undefined || stream) return;
  const remedy = "add --stream, or leave it out";
  throw new NablaError("usage", `--window needs --stream; ${remedy}`, {
    where: "--window",
    remedy,
  });
}
