import { adam, network } from "nabla";
import { expect, test } from "vitest";
import { definition, run, sample, snapshot } from "./training.ts";

const data = sample(50);
const options = { optimizer: adam({ learningRate: 0.01 }), epochs: 4 };

test.each(["evaluate", "wasm"] as const)(
  "parts that are added up are one batch, by %s",
  async (backend) => {
    const [parts, whole] = [
      network({ ...definition, backend }),
      network({ ...definition, backend }),
    ];
    const { epochs } = await run(parts, data, { ...options, batchSize: 4, accumulate: 5 });
    const { epochs: expected } = await run(whole, data, { ...options, batchSize: 20 });
    expect(snapshot(parts)).toEqual(snapshot(whole));
    expect(epochs).toEqual(expected);
    expect(epochs.at(-1)?.step).toBe(12); //  3 steps an epoch, of 20, 20 and 10 rows
  },
);
