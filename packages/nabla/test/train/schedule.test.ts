import { exponential, network, sgd } from "nabla";
import { describe, expect, test } from "vitest";
import { data, definition, run, snapshot, unfused } from "./training.ts";

describe.each(["evaluate", "wasm"] as const)("a schedule, by %s,", (backend) => {
  const own = { ...definition, backend } as const;
  const schedule = exponential({ factor: 0.5, warmup: 4 });
  const options = { optimizer: sgd({ learningRate: 0.5 }), batchSize: 5, shuffle: false };
  //  ½·(½)^epoch·min((t + 1)/4, 1), exact in binary, in two steps of each epoch
  const rates = [1 / 8, 1 / 4, 3 / 16, 1 / 4, 1 / 8, 1 / 8, 1 / 16, 1 / 16];

  /** As many steps by hand, each with its rate. */
  function byHand() {
    const net = unfused(network(own));
    for (const [t, learningRate] of rates.entries()) {
      const from = 5 * (t % 2);
      const inputs = data.inputs.slice(from, from + 5);
      net.step(inputs, data.targets.slice(from, from + 5), sgd({ learningRate }));
    }
    return snapshot(net);
  }

  test.each([1, 4])("gives each step its rate, to the bit, reported every %d", async (every) => {
    const net = unfused(network(own));
    const given = { ...options, schedule, epochs: 4, reportEvery: every };
    const { epochs } = await run(net, data, given);
    expect(snapshot(net)).toEqual(byHand());
    const last = rates.filter((_, t) => (t + 1) % (2 * every) === 0);
    expect(epochs.map(({ learningRate }) => learningRate)).toEqual(last);
  });
});
