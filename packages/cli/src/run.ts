/** One command, from its arguments to its exit code. */

import { CommanderError } from "commander";
import { NablaError } from "nabla";
import { type Context, interruption, print, printJson, stylesFor } from "./context.ts";
import { describeError, exitCodes, isClosedPipe } from "./errors.ts";
import { createProgram } from "./program.ts";

/** Runs `nabla` with these arguments, and returns its exit code. Never throws. */
export async function run(args: readonly string[], context: Context): Promise<number> {
  // A write that fails rejects its promise; unheard, the event would end the process as well.
  for (const stream of [context.stdout, context.stderr])
    if (!stream.listeners("error").includes(ignore)) stream.on("error", ignore);

  let exitCode = 0;
  const program = createProgram(context, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    const json = args.includes("--json");
    return reportError(error, { context, json }).catch(() => exitCodes.io);
  }
}

const ignore = () => {};

/** Says what went wrong, as JSON on stdout or as text on stderr, and returns its exit code. */
async function reportError(
  error: unknown,
  { context, json }: { context: Context; json: boolean },
): Promise<number> {
  if (isClosedPipe(error)) return 0;
  if (error instanceof CommanderError && isHelp(error))
    return error.exitCode === 0 ? 0 : exitCodes.usage;

  const { stdout, stderr, env } = context;
  const failure = describeError(asUsageError(error), interruption(context));
  if (json) {
    await printJson(stdout, { error: failure });
  } else {
    const { red } = stylesFor(stderr, context);
    const remedy = failure.code === "internal" ? `; ${failure.remedy}` : "";
    await print(stderr, `${red("nabla:")} ${failure.message}${remedy}\n`);
  }
  const debug = env.NABLA_DEBUG ?? env.DEBUG;
  if (debug && error instanceof Error) await print(stderr, `${error.stack}\n`);
  return exitCodes[failure.code];
}

/** Whether the error is how Commander ends after help or the version, which it has printed. */
const isHelp = ({ code }: CommanderError): boolean =>
  ["commander.help", "commander.helpDisplayed", "commander.version"].includes(code);

/** `error: unknown option '--tagret'⏎(Did you mean --target?)` → one line, and the remedy apart. */
function asUsageError(error: unknown): unknown {
  if (!(error instanceof CommanderError)) return error;
  const [first = "", hint = ""] = error.message.replace(/^error: /, "").split("\n");
  const nearest = /^\(Did you mean (.*)\?\)$/.exec(hint)?.[1];
  if (nearest === undefined) return new NablaError("usage", first);
  const message = `${first}; did you mean ${nearest}?`;
  return new NablaError("usage", message, { remedy: `write ${nearest}` });
}
