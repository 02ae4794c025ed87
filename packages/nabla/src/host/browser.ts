/** What browsers give. */

import { buffersOf, type Host } from "./host.ts";

export const host: Host = {
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
