/** What browsers give. */

import { buffersOf, type Host } from "./host.ts";

export const host: Host = {
  // By a message, since timers that follow each other wait four milliseconds
  turn: () =>
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(undefined);
    }),
  async startWorker({ hear, fail }) {
    // Bundlers look for this very form
    const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }) => hear(data);
    worker.onerror = ({ message }) => fail(message ?? "its script could not be loaded");
    return {
      post: (message, moved) => worker.postMessage(message, buffersOf(moved)),
      hold: () => {},
      end: () => worker.terminate(),
    };
  },
};
