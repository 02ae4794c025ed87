/** What a command may touch of the world around it; tests hand in their own. */

import type { Readable, Writable } from "node:stream";
import pc from "picocolors";
import type { Interruption } from "./errors.ts";
import { visible } from "./text.ts";

export interface Context {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted, for the reason "SIGINT" or "SIGTERM", when the command is to end early. */
  readonly signal?: AbortSignal;
}

/** Writes text for people, and waits until it is taken. Throws what the stream says. */
export const print = (stream: Writable, text: string): Promise<void> =>
  printData(stream, visible(text, { styled: isTerminal(stream) }));

/** Writes text for programs, as it is. */
export function printData(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

/** The one object that --json asks for. */
export const printJson = (stream: Writable, value: object): Promise<void> =>
  print(stream, `${JSON.stringify(value)}\n`);

/** Whether a person sits in front of the stream. */
export const isTerminal = (stream: Writable): boolean => "isTTY" in stream && stream.isTTY === true;

/** Whether what is written can be written over. */
export const canRedraw = (stream: Writable, { env }: Pick<Context, "env">): boolean =>
  isTerminal(stream) && env.TERM !== "dumb";

/** Colours where a terminal shows them, and nobody has set NO_COLOR. */
export const stylesFor = (stream: Writable, { env }: Pick<Context, "env">) =>
  pc.createColors(canRedraw(stream, { env }) && !env.NO_COLOR);

export type Styles = ReturnType<typeof stylesFor>;

/** Columns and rows, of a terminal. */
export function sizeOf(stream: Writable): { columns: number; rows: number } {
  const { columns, rows } = stream as Writable & { columns?: number; rows?: number };
  return { columns: columns || 80, rows: rows || 24 }; // 0 where a pseudo-terminal does not know
}

/** Which signal has come, if one has. */
export const interruption = ({ signal }: Context): Interruption | undefined =>
  signal?.aborted ? (signal.reason as Interruption) : undefined;
