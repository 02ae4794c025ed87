// A process that trains on request: a rival under some Node, or a framework under Python.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { pythonScript } from "./machine.js";
import { decode, encode } from "./wire.js";

const worker = fileURLToPath(new URL("worker.js", import.meta.url));
const longestAnswer = 180_000;

/**
 * Starts a process, which works only while it is asked something.
 * @param {{ executable: string, arguments: string[], environment?: object }} command
 */
export function startProcess(command) {
  const child = spawn(command.executable, command.arguments, {
    env: { ...process.env, ...command.environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let complaints = "";
  child.stderr.on("data", (chunk) => {
    complaints = `${complaints}${chunk}`.slice(-500);
  });
  // A process that has ended is found out when its reply is missing
  child.stdin.on("error", () => {});
  const replies = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  return {
    async ask(request) {
      child.stdin.write(`${encode(request)}\n`);
      let timer;
      const tooLate = new Promise((_, reject) => {
        const error = new Error(`no answer in ${longestAnswer / 1000} s`);
        timer = setTimeout(reject, longestAnswer, error);
      });
      const { value, done } = await Promise.race([replies.next(), tooLate]).finally(() =>
        clearTimeout(timer),
      );
      if (done) throw new Error(`it ended: ${complaints.trim().split("\n").at(-1)}`);
      const reply = decode(value);
      if (reply.error !== undefined) throw new Error(reply.error);
      return reply;
    },
    stop: () => child.kill(),
  };
}

/**
 * @param {{ name: string, module: string, options?: object }} what
 * @param {{ name: string, executable: string }} node
 */
export const underNode = (what, node) => ({
  ...what,
  platform: node.name,
  ...startProcess({ executable: node.executable, arguments: [worker] }),
});

/** Every library beneath is told its number of threads. */
export function underPython(what, python) {
  const threads = String(what.options.threads);
  const names = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"];
  const environment = {
    ...python.environment,
    ...Object.fromEntries(names.map((name) => [name, threads])),
  };
  const command = { executable: python.executable, arguments: [pythonScript], environment };
  return { ...what, platform: "Python", ...startProcess(command) };
}
