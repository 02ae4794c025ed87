/**
 * What a platform gives beyond the language: turns of the event loop and a worker; later threads, files,
 * BLAS and all-reduce.
 * `#host` is `node.ts` in Node and `browser.ts` elsewhere; `#caller` is the other end, inside a worker.
 */

import type { Floats } from "../equations/memory.ts";

export interface Host {
  /** Lets whatever waits have its turn: timers, messages, signals. */
  turn(): Promise<void>;
  /** Starts `worker.ts` in a thread of its own. */
  startWorker(listener: WorkerListener): Promise<WorkerThread>;
}

export interface WorkerListener {
  hear(message: unknown): void;
  /** The worker has not started, or has ended by itself; it says no more. */
  fail(reason: string): void;
}

/** Sends plain data. The arrays named in `moved` go over without a copy, and are empty here afterwards. */
export type Post = (message: unknown, moved?: readonly Floats[]) => void;

export interface WorkerThread {
  readonly post: Post;
  /** Whether the process, where there is one, stays alive for the worker; until told, it does. */
  hold(stays: boolean): void;
  end(): void;
}

/** Inside a worker: hears its caller from now on, and can answer. */
export type ListenToCaller = (hear: (message: unknown, answer: Post) => void) => void;

export const buffersOf = (arrays: readonly Floats[] = []): ArrayBuffer[] =>
  arrays.map(({ buffer }) => buffer as ArrayBuffer);
