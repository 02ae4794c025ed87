/** The `nabla` process. The first SIGINT or SIGTERM asks the command to end, the second ends it. */

import { exitCodes, type Interruption } from "./errors.ts";
import { run } from "./run.ts";

const { stdin, stdout, stderr, env } = process;
const controller = new AbortController();

const end = (name: Interruption) => {
  if (controller.signal.aborted) process.exit(exitCodes[name]);
  controller.abort(name);
};
process.on("SIGINT", end);
process.on("SIGTERM", end);

const { signal } = controller;
process.exitCode = await run(process.argv.slice(2), {
  ...{ stdin, stdout, stderr, env, signal },
  cwd: process.cwd(),
});
