import { dense, network, sgd } from "nabla";
import { describe, expect, test } from "vitest";
import { data, definition, run, snapshot } from "./training.ts";

describe.each([
  ["evaluate", 4],
  ["wasm", 4],
  ["wasm", 64], //  too many units for a step in registers
] as const)("gradients by %s, of %i units,", (backend, units) => {
  const own = { ...definition, layers: [dense(units, "tanh"), dense(1)], backend } as const;
  const step = { optimizer: sgd({ learningRate: 0.5 }), batchSize: 10, epochs: 1 };

  test("longer than clipNorm are shortened to it, all alike", async () => {
    const net = network(own);
    const start = snapshot(net);
    const gradients = net.gradients(data.inputs, data.targets);
    const norm = Math.hypot(...[...gradients.values()].flatMap((g) => [...g]));
    const clipNorm = norm / 3;
    await run(net, data, { ...step, clipNorm });
    for (const [name, values] of net.parameters) {
      for (const [i, value] of values.entries()) {
        const moved = start.get(name)![i]! - (0.5 * gradients.get(name)![i]!) / 3;
        expect(Math.abs(value - moved)).toBeLessThan(1e-12);
      }
    }
  });

  test("shorter ones are left alone, bit for bit", async () => {
    const [plain, clipped] = [network(own), network(own)];
    await run(plain, data, step);
    await run(clipped, data, { ...step, clipNorm: 1e6 });
    expect(snapshot(clipped)).toEqual(snapshot(plain));
  });

  test("of frozen parameters do not count", async () => {
    const net = network(own);
    const start = snapshot(net);
    const gradients = net.gradients(data.inputs, data.targets);
    const norm = Math.hypot(...["W1", "b2"].flatMap((name) => [...gradients.get(name)!]));
    await run(net, data, { ...step, clipNorm: norm / 2, freeze: ["b1", "W2"] });
    const moved = start.get("b2")![0]! - (0.5 * gradients.get("b2")![0]!) / 2;
    expect(Math.abs(net.parameters.get("b2")![0]! - moved)).toBeLessThan(1e-12);
    expect(net.parameters.get("W2")).toEqual(start.get("W2"));
  });
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
  "clipNorm cannot be %d",
  async (clipNorm) => {
    await expect(async () => run(network(definition), data, { clipNorm })).rejects.toThrow(
      `clipNorm must be a number > 0, got ${clipNorm}`,
    );
  },
);
