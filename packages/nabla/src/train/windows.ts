/**
 * The rows of a training, a window at a time. What is in memory is one window for the whole training. A
 * stream is passed over in each epoch; while one window is trained, the next is read.
 */

import { type Data, sliceRows } from "../data.ts";
import { weightOf } from "../engine.ts";
import type { Tensor } from "../equations/expression.ts";
import { type Floats, newFloats, sizeOf } from "../equations/memory.ts";
import type { EquationSystem } from "../equations/system.ts";
import { NablaError } from "../errors.ts";
import type { Internals } from "../running.ts";
import type { StreamedData, TrainingData } from "./options.ts";
import { type Cut, positionOf } from "./position.ts";

export interface Windows {
  /**
   * The rows of the next window; nothing where the signal comes first. They are overwritten once the
   * window after it is asked for.
   */
  next(): Promise<Data | undefined>;
  /** Closes the source, and waits for it; but not once the signal has come, for it may not answer. */
  close(): Promise<void>;
}

export const heldWindows = (data: Data): Windows => ({
  next: async () => data,
  close: async () => {},
});

export interface StreamPlan extends Cut {
  /** Whose rows they are. */
  readonly net: Pick<Internals, "engine" | "readPart">;
  /** Where the training begins. */
  readonly step: number;
  readonly epochs: number;
  readonly signal: AbortSignal | undefined;
}

export function streamedWindows(stream: StreamedData, plan: StreamPlan): Windows {
  const { signal } = plan;
  const windows = readWindows(stream, plan);
  let ahead: Promise<IteratorResult<Data, void>> | undefined;
  return {
    async next() {
      if (signal?.aborted) return undefined;
      const read = await unlessAborted(ahead ?? windows.next(), signal);
      if (read === undefined) return undefined;
      ahead = windows.next();
      ahead.catch(() => {}); //  it is told when the window is asked for
      return read.value ?? undefined;
    },
    async close() {
      const closed = windows.return();
      if (signal?.aborted) closed.catch(() => {});
      else await closed;
    },
  };
}

/** What is given row by row. */
export const givenTensors = ({ inputs, targets, weights }: EquationSystem): Tensor[] =>
  [...inputs, targets, weights].filter((tensor) => tensor !== undefined);

/** All windows that are trained on, in two stores by turns. A single one is read once. */
async function* readWindows(stream: StreamedData, plan: StreamPlan): AsyncGenerator<Data, void> {
  const start = positionOf(plan, plan.step);
  const stores: Data[] = [];
  let turn = 0;
  const nextStore = (): Data => {
    stores[turn % 2] ??= newStore(plan);
    return stores[turn++ % 2] as Data;
  };
  yield* readPass(stream, plan, { from: start.window * plan.windowRows, nextStore });
  if (plan.windowRows === plan.rows) return;
  for (let epoch = start.epoch + 1; epoch <= plan.epochs; epoch++)
    yield* readPass(stream, plan, { from: 0, nextStore });
}

/** The windows of a pass from a row on; the last one once the pass has ended where it should. */
async function* readPass(
  stream: StreamedData,
  { rows, windowRows, net }: StreamPlan,
  { from, nextStore }: { readonly from: number; readonly nextStore: () => Data },
): AsyncGenerator<Data, void> {
  let row = 0;
  let weight = 0;
  let store = nextStore();
  for await (const given of stream.pass()) {
    const part = readPart(given, { row, net });
    if (row + part.rows > rows) throw miscounted(`more than ${rows}`, rows);
    weight += weightOf(net.engine.system, part);
    for (let at = 0; at < part.rows; ) {
      const place = row % windowRows;
      const count = Math.min(part.rows - at, windowRows - place);
      if (row >= from) copyRows(sliceRows(part, at, at + count), store, place);
      at += count;
      row += count;
      if (row % windowRows > 0 || row <= from || row === rows) continue;
      yield store;
      store = nextStore();
    }
  }
  if (row < rows) throw miscounted(String(row), rows);
  if (weight === 0) throw weightless();
  yield sliceRows(store, 0, ((rows - 1) % windowRows) + 1);
}

function newStore({ net, windowRows }: StreamPlan): Data {
  const { system, backend } = net.engine;
  const values = new Map<Tensor, Floats>();
  for (const tensor of givenTensors(system))
    values.set(tensor, newFloats(backend.precision, sizeOf(tensor, windowRows)));
  return { rows: windowRows, values };
}

/** Copies rows to a place of the store. */
function copyRows(rows: Data, store: Data, place: number): void {
  for (const [tensor, values] of rows.values)
    (store.values.get(tensor) as Floats).set(values, sizeOf(tensor, place));
}

/** Messages count the rows of a part, so they say where it begins. */
function readPart(
  given: TrainingData,
  { row, net }: { readonly row: number; readonly net: StreamPlan["net"] },
): Data {
  try {
    return net.readPart(given);
  } catch (error) {
    if (!(error instanceof NablaError)) throw error;
    const part = `the part of the stream from row ${row} on`;
    const { where } = error.details;
    throw new NablaError(error.code, `${part}: ${error.message}`, {
      ...error.details,
      where: where === undefined ? part : `${part}: ${where}`,
    });
  }
}

function miscounted(got: string, rows: number): NablaError {
  const expected = `the ${rows} rows that it announced`;
  return new NablaError("data", `a pass of the stream must give ${expected}, got ${got}`, {
    ...{ where: "stream", expected, got: `${got} rows` },
  });
}

function weightless(): NablaError {
  const expected = "a row of weight above 0";
  return new NablaError("data", `weights must have ${expected}`, { where: "weights", expected });
}

/** What is promised, or nothing where the signal comes first. */
async function unlessAborted<T>(
  promised: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T | undefined> {
  if (signal === undefined) return promised;
  let stop = (): void => {};
  const aborted = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined);
  });
  signal.addEventListener("abort", stop);
  try {
    return await Promise.race([promised, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
