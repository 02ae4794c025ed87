/** What went wrong: an exit code (sysexits), and the same as data for `--json`. */

import { NablaError } from "nabla";

/** The one table of exit codes. */
export const exitCodes = {
  usage: 64,
  data: 65,
  diverged: 65,
  "no-input": 66,
  internal: 70,
  "cannot-create": 73,
  io: 74,
  SIGINT: 130,
  SIGTERM: 143,
} as const satisfies Record<NablaError["code"], number> & Record<string, number>;

export type Failure = NablaError["details"] & {
  readonly code: keyof typeof exitCodes;
  readonly message: string;
};

/** The signals that end a run early, as the reason of its AbortSignal. */
export type Interruption = "SIGINT" | "SIGTERM";

/** An error as data. What is neither the user's fault nor the system's is a bug of ours. */
export function describeError(error: unknown, interruption?: Interruption): Failure {
  if (interruption !== undefined) return { code: interruption, message: "interrupted" };
  if (error instanceof NablaError)
    return { code: error.code, message: error.message, ...error.details };
  if (isSystemError(error)) {
    const place = error.syscall === "write" ? "the output could not be written: " : "";
    return { code: "io", message: `${place}${systemMessage(error)}` };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: "internal",
    message: `this is a bug in nabla: ${message}`,
    remedy: "report it with the command and what it prints when NABLA_DEBUG=1 is set",
  };
}

/** Why an input could not be opened. */
export function inputError(given: string, error: unknown): NablaError {
  if (isSystemError(error) && error.code === "EISDIR") return folderError(given);
  const got = systemMessage(error);
  return new NablaError("no-input", `${given} cannot be opened: ${got}`, { where: given, got });
}

export function folderError(given: string): NablaError {
  const parts = { where: given, expected: "a file", got: "a folder" };
  return new NablaError("data", `${given} is a folder, expected a file`, parts);
}

/** The words of a system error, without its code and the system's view of the path. */
export function systemMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /^E[A-Z0-9]+: ([^,]+)/.exec(message)?.[1] ?? message;
}

/** Whether whoever read our output has stopped, as `head` does. */
export const isClosedPipe = (error: unknown): boolean =>
  isSystemError(error) && error.code === "EPIPE";

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error && "code" in error;
