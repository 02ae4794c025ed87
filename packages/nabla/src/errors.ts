/**
 * The one error that users see: where it happened, what was expected, what came, and the remedy.
 * Our own broken invariants are plain errors made by `internal`, whose message begins `internal:`.
 */

/** What kind of thing is wrong. The command line turns it into an exit code (sysexits). */
export type ErrorCode = "usage" | "data" | "diverged" | "no-input" | "cannot-create" | "io";

export interface ErrorDetails {
  /** The place: a file and row, a layer, an equation with a position. */
  readonly where?: string;
  readonly expected?: string;
  readonly got?: string;
  /** What to do about it. */
  readonly remedy?: string;
}

/**
 * An error that the user can act on. Its message is the whole sentence; the details repeat its
 * parts for programs.
 */
export class NablaError extends Error {
  override readonly name = "NablaError";
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** A broken invariant of ours: never the user's fault. */
export const internal = (message: string): Error => new Error(`internal: ${message}`);

/** `unknown activation "rleu"; did you mean "relu"? known: identity, relu, …` */
export function unknownName(kind: string, name: string, known: readonly string[]): NablaError {
  const nearest = nearestName(name, known);
  const hint = nearest === undefined ? "" : ` did you mean "${nearest}"?`;
  return new NablaError("usage", `unknown ${kind} "${name}";${hint} known: ${known.join(", ")}`, {
    expected: known.join(", "),
    got: name,
    ...(nearest !== undefined && { remedy: `write "${nearest}"` }),
  });
}

/** `; did you mean "relu"?`, or nothing where no known name is near. */
export function didYouMean(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? "" : `; did you mean "${nearest}"?`;
}

/** The known name within a third of its letters of `name`, or undefined. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least && distance <= Math.max(1, Math.ceil(candidate.length / 3))) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

/** Damerau–Levenshtein distance (adjacent swaps count once), in its optimal string alignment form. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) least = Math.min(least, at(beforeLast, j - 2) + 1);
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

const at = (row: readonly number[], j: number): number => row[j] ?? 0;
