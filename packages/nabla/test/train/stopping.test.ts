import { dense, type Floats, network, sgd, train } from "nabla";
import { describe, expect, test, vi } from "vitest";
import { data, definition, run, sample, snapshot, unfused } from "./training.ts";

describe("it stops", () => {
  const options = { optimizer: sgd({ learningRate: 0.05 }), batchSize: 4 };
  const after = async (epochs: number) => {
    const net = network(definition);
    await run(net, data, { ...options, epochs });
    return snapshot(net);
  };

  test("at break, with the parameters of the epoch at hand", async () => {
    const net = network(definition);
    for await (const { epoch } of train(net, data, { ...options, epochs: 50 })) {
      if (epoch === 3) break;
    }
    expect(snapshot(net)).toEqual(await after(3));
  });

  test("at an abort between epochs, before another step", async () => {
    const net = network(definition);
    const controller = new AbortController();
    const training = train(net, data, { ...options, epochs: 50, signal: controller.signal });
    await training.next();
    await training.next();
    controller.abort();
    const { done, value } = await training.next();
    expect(done).toBe(true);
    expect(value).toEqual({ epochs: 2, steps: 6, stopped: "aborted" });
    expect(snapshot(net)).toEqual(await after(2));
  });

  test("at an abort during an epoch, after the step at hand", async () => {
    // On a slow clock the loop gives way after every step; the third time, it is aborted.
    let time = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => (time += 60));
    const controller = new AbortController();
    const abortIn = (turns: number): void => {
      if (turns === 0) controller.abort();
      else setImmediate(() => abortIn(turns - 1));
    };
    const net = unfused(network(definition));
    const each = { ...options, batchSize: 1, shuffle: false, signal: controller.signal };
    abortIn(3);
    const { epochs, result } = await run(net, data, each);
    clock.mockRestore();
    expect(epochs).toEqual([]);
    expect(result).toEqual({ epochs: 0, steps: 3, stopped: "aborted" });

    const twin = unfused(network(definition));
    for (const n of [0, 1, 2]) twin.step([data.inputs[n]!], [data.targets[n]!], options.optimizer);
    expect(net.parameters).toEqual(twin.parameters);
  });

  test("before its first step where the signal has been aborted", async () => {
    const net = network(definition);
    const before = snapshot(net);
    const { epochs, result } = await run(net, data, { signal: AbortSignal.abort() });
    expect(epochs).toEqual([]);
    expect(result).toEqual({ epochs: 0, steps: 0, stopped: "aborted" });
    expect(net.parameters).toEqual(before);
  });
});

describe("validation", () => {
  const validation = sample(6, 2);
  // So large a rate that the validation cost goes up and down.
  const options = { optimizer: sgd({ learningRate: 0.6 }), batchSize: 3, validation };

  /** The validation cost and the parameters after each epoch of a run that nothing stops. */
  async function reference(epochs: number) {
    const net = network(definition);
    const states: { cost: number; parameters: Map<string, Floats> }[] = [];
    const { validation: _, ...rest } = options;
    for await (const _ of train(net, data, { ...rest, epochs })) {
      const cost = net.cost(validation.inputs, validation.targets);
      states.push({ cost, parameters: snapshot(net) });
    }
    return states;
  }

  test("has the cost of its own rows after each epoch, and trains on none of them", async () => {
    const net = network(definition);
    const { epochs, result } = await run(net, data, { ...options, epochs: 12 });
    const states = await reference(12);
    expect(epochs.map(({ validationCost }) => validationCost)).toEqual(states.map((s) => s.cost));
    expect(snapshot(net)).toEqual(states[11]!.parameters); //  without patience the last ones stay
    const costs = states.map((s) => s.cost);
    const least = Math.min(...costs);
    expect(result.best).toEqual({ epoch: costs.indexOf(least) + 1, validationCost: least });
  });

  /** The epoch in which patience ends: so many after the best so far. */
  function stopsAt(costs: readonly number[], patience: number) {
    let best = 0;
    for (const [i, cost] of costs.entries()) {
      if (cost < costs[best]!) best = i;
      if (i - best >= patience) return { best, last: i };
    }
    throw new Error("the reference never stops");
  }

  test.each([1, 2, 3])(
    "stops %d epochs after its best, and restores that to the bit",
    async (patience) => {
      const states = await reference(40);
      const costs = states.map((s) => s.cost);
      const { best, last } = stopsAt(costs, patience);
      const net = network(definition);
      const { epochs, result } = await run(net, data, { ...options, patience, epochs: 40 });
      expect(epochs).toHaveLength(last + 1);
      expect(result).toEqual({
        epochs: last + 1,
        steps: 4 * (last + 1),
        stopped: "patience",
        best: { epoch: best + 1, validationCost: costs[best] },
      });
      expect(snapshot(net)).toEqual(states[best]!.parameters);
      expect(net.cost(validation.inputs, validation.targets)).toBe(costs[best]);
    },
  );

  test("reports the epoch in which it stops", async () => {
    const settings = { ...options, patience: 2, epochs: 40, reportEvery: 1000 };
    const { epochs, result } = await run(network(definition), data, settings);
    expect(epochs.map(({ epoch }) => epoch)).toEqual([result.epochs]);
  });

  test("restores the best with patience, however the training ends", async () => {
    const states = await reference(8);
    const costs = states.map((s) => s.cost);
    const best = states[costs.indexOf(Math.min(...costs))]!.parameters;

    const ended = network(definition);
    await run(ended, data, { ...options, patience: 100, epochs: 8 });
    expect(snapshot(ended)).toEqual(best);

    const broken = network(definition);
    for await (const { epoch } of train(broken, data, { ...options, patience: 100 })) {
      if (epoch === 8) break;
    }
    expect(snapshot(broken)).toEqual(best);
  });

  test("that stays the same makes no later epoch the best", async () => {
    const still = { ...options, optimizer: sgd({ learningRate: 0 }), patience: 2 };
    const { result } = await run(network(definition), data, { ...still, epochs: 40 });
    expect(result).toMatchObject({ epochs: 3, stopped: "patience", best: { epoch: 1 } });
  });

  test("that is not finite is never the best, and patience ends it", async () => {
    const net = network({ ...definition, layers: [dense(1)], cost: "squared-error" });
    const far = { inputs: data.inputs.slice(0, 1), targets: [[1e200]] }; //  its square is infinite
    const { epochs, result } = await run(net, data, {
      ...{ ...options, validation: far, patience: 3, epochs: 40 },
    });
    expect(epochs.every(({ validationCost }) => !Number.isFinite(validationCost))).toBe(true);
    expect(result).toEqual({ epochs: 3, steps: 12, stopped: "patience" });
  });
});
