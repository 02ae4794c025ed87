/**
 * What a training in a worker and its caller say to each other. The worker takes no step without being
 * asked, so that `break` leaves what it leaves without a worker. With each question and answer the
 * parameters go over in one array, to and fro: both sides have the same bits, also where the caller has
 * changed them between two epochs.
 */

import type { Floats } from "../equations/memory.ts";
import { type ErrorCode, type ErrorDetails, NablaError } from "../errors.ts";
import type { NetworkDefinition } from "../network.ts";
import type { Epoch, TrainingResult } from "../train/loop.ts";
import type { TrainingOptions } from "../train/options.ts";

export type Message = Start | Abort | Question;

/** Comes first. */
export interface Start {
  readonly kind: "start";
  /** `Settings` as JSON, which reads through the proxies of frameworks; messages refuse those. */
  readonly settings: string;
  readonly data: FlatData;
  readonly validation: FlatData | undefined;
}

export interface Settings {
  readonly definition: NetworkDefinition;
  readonly options: Omit<
    TrainingOptions,
    "validation" | "signal" | "worker" | "checkpoint" | "resume"
  >;
}

/** Rows that have been read, in the network's precision: the values of each tensor by its name. */
export type FlatData = ReadonlyMap<string, Floats>;

/** The signal; has no answer. */
export interface Abort {
  readonly kind: "abort";
}

/** A call of the generator's method of this name; the next one waits for the answer. */
export interface Question {
  readonly kind: "next" | "return";
  readonly parameters: Floats;
}

/** What the method returns or throws. */
export type Answer = { readonly parameters: Floats } & (
  | { readonly outcome: IteratorResult<Epoch, TrainingResult> }
  | { readonly failure: Failure }
);

/** Classes do not come through, but for those of the language. */
export type Failure = { readonly error: unknown } | { readonly nablaError: PlainError };

interface PlainError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
}

export function failureOf(error: unknown): Failure {
  if (!(error instanceof NablaError)) return { error };
  const { code, message, details } = error;
  return { nablaError: { code, message, details } };
}

export function errorOf(failure: Failure): unknown {
  if ("error" in failure) return failure.error;
  const { code, message, details } = failure.nablaError;
  return new NablaError(code, message, details);
}
