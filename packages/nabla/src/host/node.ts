/** What Node gives, on both sides of a worker; its modules are loaded when they are needed. */

import { buffersOf, type Host, type ListenToCaller } from "./host.ts";

const threads = () => import("node:worker_threads");

export const host: Host = {
  turn: () => new Promise((resolve) => setImmediate(resolve)), //  a timer waits a millisecond
  async startWorker({ hear, fail }) {
    const { Worker } = await threads();
    // Without the flags of this process: they are about its own code
    const worker = new Worker(new URL("./worker.js", import.meta.url), { execArgv: [] });
    worker.on("message", hear);
    worker.on("error", (error) => fail(String(error)));
    worker.on("exit", (code) => fail(`it ended with exit code ${code}`));
    return {
      post: (message, moved) => worker.postMessage(message, buffersOf(moved)),
      hold: (stays) => (stays ? worker.ref() : worker.unref()),
      end: () => void worker.terminate(),
    };
  },
};

export const listenToCaller: ListenToCaller = (hear) =>
  void threads().then(({ parentPort }) =>
    parentPort?.on("message", (heard) =>
      hear(heard, (message, moved) => parentPort.postMessage(message, buffersOf(moved))),
    ),
  );
