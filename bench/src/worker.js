// One JavaScript module in a process of its own. Requests on stdin, replies on stdout.

import { createInterface } from "node:readline";
import { decode, encode } from "./wire.js";

// Whatever a library has to say goes elsewhere
console.log = console.info = console.error;

const answers = {
  async prepare({ module, problem, options }) {
    const { prepare } = await import(module);
    session = await prepare(problem, options ?? {});
    return {};
  },
  async train({ epochs }) {
    const start = performance.now();
    await session.train(epochs);
    return { seconds: (performance.now() - start) / 1000 };
  },
  parameters: () => session.parameters(),
};

/** @type {import("./rivals/rivals.js").Session} */
let session;

for await (const line of createInterface({ input: process.stdin })) {
  const request = decode(line);
  try {
    process.stdout.write(`${encode(await answers[request.do](request))}\n`);
  } catch (error) {
    process.stdout.write(`${encode({ error: String(error?.message ?? error) })}\n`);
  }
}
