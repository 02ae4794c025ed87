import fc from "fast-check";
import {
  adam,
  type Checkpoint,
  lbfgs,
  network,
  onPlateau,
  sgd,
  type TrainingCounters,
  type TrainingOptions,
  type TrainingState,
  train,
} from "nabla";
import { describe, expect, test, vi } from "vitest";
import { data, definition, run, sample, snapshot } from "./training.ts";

//  Ten rows: four steps an epoch
const options = { optimizer: adam(), batchSize: 3, epochs: 6 };
const validation = sample(6, 2);

/** The states of a run, and what else a training leaves. */
async function statesOf(every: Checkpoint["every"], more: TrainingOptions = {}) {
  const states: TrainingState[] = [];
  const checkpoint = { ...(every && { every }), save: (s: TrainingState) => void states.push(s) };
  const net = network(definition);
  const got = await run(net, data, { ...options, ...more, checkpoint });
  return { ...got, net, states, steps: states.map(({ counters }) => counters.step) };
}

/** `body` on a clock that goes on by so many milliseconds whenever it is looked at. */
async function onClock<T>(tick: number, body: () => Promise<T>): Promise<T> {
  let time = 0;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => (time += tick));
  try {
    return await body();
  } finally {
    clock.mockRestore();
  }
}

describe("a checkpoint is saved", () => {
  test("after every epoch, unless told otherwise", async () => {
    expect((await statesOf(undefined)).steps).toEqual([4, 8, 12, 16, 20, 24]);
  });

  test.each([1, 4])("after every second epoch, reported every %d", async (reportEvery) => {
    expect((await statesOf({ epochs: 2 }, { reportEvery })).steps).toEqual([8, 16, 24]);
  });

  test.each([1, 4])("at exact multiples of five steps, reported every %d", async (reportEvery) => {
    const { states } = await statesOf({ steps: 5 }, { reportEvery });
    const at = states.map(({ counters: { step, epoch, batch } }) => [step, epoch, batch]);
    expect(at).toEqual([
      [5, 1, 1],
      [10, 2, 2],
      [15, 3, 3],
      [20, 5, 0],
    ]);
  });

  test("of many steps at once, too", async () => {
    const { steps } = await statesOf({ steps: 500 }, { epochs: 501, reportEvery: 501 });
    expect(steps).toEqual([500, 1000, 1500, 2000]);
  });

  test("when so many seconds have passed, between the steps", async () => {
    const slow = await onClock(1000, () => statesOf({ seconds: 7 }));
    expect(slow.steps.length).toBeGreaterThan(1);
    const times = slow.states.map(({ counters }) => counters.seconds);
    for (const [i, time] of times.entries())
      expect(time - (times[i - 1] ?? 0)).toBeGreaterThanOrEqual(7);
    expect((await statesOf({ seconds: 3600 })).steps).toEqual([]);
  });

  test("once its epoch has been yielded", async () => {
    const log: string[] = [];
    const save = ({ counters }: TrainingState): void => void log.push(`saved ${counters.epoch}`);
    for await (const { epoch } of train(network(definition), data, {
      ...{ ...options, epochs: 2, checkpoint: { save } },
    }))
      log.push(`epoch ${epoch}`);
    expect(log).toEqual(["epoch 1", "saved 1", "epoch 2", "saved 2"]);
  });

  test("and waited for, before another step is taken", async () => {
    const net = network(definition);
    const before: unknown[] = [];
    const save = async ({ arrays }: TrainingState): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      before.push([...arrays.get("parameters")!]);
      expect([...net.parameters.values()].flatMap((values) => [...values])).toEqual(before.at(-1));
    };
    await run(net, data, { ...options, checkpoint: { every: { steps: 3 }, save } });
    expect(before).toHaveLength(8);
  });

  test("as a copy, which the caller may do with as it likes", async () => {
    const save = ({ arrays }: TrainingState): void => {
      for (const values of arrays.values()) values.fill(7);
    };
    const net = network(definition);
    const checkpoint = { every: { steps: 1 }, save };
    await run(net, data, { ...options, validation, patience: 50, checkpoint });
    const twin = network(definition);
    await run(twin, data, { ...options, validation, patience: 50 });
    expect(snapshot(net)).toEqual(snapshot(twin));
  });

  test("at an abort, before the best parameters come back", async () => {
    // So large a rate that the cost rises: the best are those of the first epoch
    const restless = { optimizer: sgd({ learningRate: 0.9 }), validation, patience: 9 };
    const controller = new AbortController();
    const saved: TrainingState[] = [];
    const net = network(definition);
    const given = { ...options, ...restless, signal: controller.signal };
    const save = (state: TrainingState): void => void saved.push(state);
    const training = train(net, data, { ...given, checkpoint: { every: { epochs: 50 }, save } });
    for (let epoch = 1; epoch <= 3; epoch++) await training.next();
    const last = [...net.parameters.values()].flatMap((values) => [...values]);
    controller.abort();
    const { value } = await training.next();
    expect(value).toMatchObject({ stopped: "aborted", epochs: 3, best: { epoch: 2 } });
    const [state] = saved;
    expect(saved).toHaveLength(1);
    expect([...state!.arrays.get("parameters")!]).toEqual(last);
    const best = [...net.parameters.values()].flatMap((values) => [...values]);
    expect([...state!.arrays.get("best")!]).toEqual(best);
    expect(best).not.toEqual(last);
  });

  test("and what it throws ends the training", async () => {
    const error = new Error("no space left on device");
    const save = (): Promise<void> => Promise.reject(error);
    const net = network(definition);
    const training = run(net, data, { ...options, checkpoint: { every: { steps: 5 }, save } });
    await expect(training).rejects.toBe(error);
    const { states } = await statesOf({ steps: 5 });
    const left = [...net.parameters.values()].flatMap((values) => [...values]);
    expect(left).toEqual([...states[0]!.arrays.get("parameters")!]);
  });

  test("with the seconds, which go on from there", async () => {
    const { states } = await statesOf({ steps: 5 });
    const [first] = states as [TrainingState];
    const old = { ...first, counters: { ...first.counters, seconds: 1000 } };
    const after = await statesOf({ steps: 5 }, { resume: old });
    for (const { counters } of after.states) expect(counters.seconds).toBeGreaterThan(1000);
    const training = train(network(definition), data, { ...options, resume: old });
    const { value } = await training.next();
    expect((value as { seconds: number }).seconds).toBeGreaterThan(1000);
  });

  test("of an end from which there is nothing left to do", async () => {
    const { states, result, net } = await statesOf(undefined);
    const after = await statesOf(undefined, { resume: states.at(-1)! });
    expect(after).toMatchObject({ epochs: [], result, steps: [] });
    expect(snapshot(after.net)).toEqual(snapshot(net));
  });

  test("from which more epochs can follow", async () => {
    const { states } = await statesOf(undefined);
    const longer = await statesOf(undefined, { epochs: 9 });
    const after = await statesOf(undefined, { epochs: 9, resume: states.at(-1)! });
    expect(after.epochs).toEqual(longer.epochs.slice(6));
    expect(snapshot(after.net)).toEqual(snapshot(longer.net));
  });
});

describe("train refuses, before any parameter changes,", () => {
  const remedy =
    "resume with the network, the data and the options of the training that it is a state of";

  /** A state of a training with these options, changed, and given to one with those. */
  async function refused(
    change: (state: TrainingState) => unknown,
    more: TrainingOptions = {},
    then: TrainingOptions = more,
  ): Promise<string> {
    const { states } = await statesOf({ steps: 5 }, more);
    const net = network(definition);
    const before = snapshot(net);
    const resume = change(structuredClone(states[1]!)) as TrainingState;
    try {
      train(net, data, { ...options, ...then, resume });
    } catch (error) {
      expect(error).toMatchObject({ name: "NablaError" });
      expect(snapshot(net)).toEqual(before);
      return (error as Error).message.replace(`; ${remedy}`, " …");
    }
    throw new Error("it was taken");
  }

  const counters = (given: object) => (state: TrainingState) => ({
    ...state,
    counters: { ...state.counters, ...given },
  });
  const arrays =
    (change: (arrays: Map<string, Float64Array>) => void) => (state: TrainingState) => {
      change(state.arrays as Map<string, Float64Array>);
      return state;
    };

  test.each<[string, (state: TrainingState) => unknown]>([
    ["resume, state: expected { counters, arrays }, got null …", () => null],
    [
      "resume, state: expected { counters, arrays }, got [object Object] …",
      ({ counters }) => ({ counters, arrays: {} }),
    ],
    ["resume, counters: expected an object, got null …", (s) => ({ ...s, counters: null })],
    ["resume, step: expected a whole number in [0, 24], got -1 …", counters({ step: -1 })],
    ["resume, step: expected a whole number in [0, 24], got 25 …", counters({ step: 25 })],
    ["resume, step: expected a whole number in [0, 24], got 1.5 …", counters({ step: 1.5 })],
    ["resume, step: expected a whole number in [0, 24], got 7 …", counters({ step: "7" })],
    ["resume, epoch: expected 2, got 3 …", counters({ epoch: 3 })],
    ["resume, batch: expected 2, got 0 …", counters({ batch: 0 })],
    ["resume, batches: expected 4, got 5 …", counters({ batches: 5 })],
    ["resume, optimizer: expected adam, got adamw …", counters({ optimizer: "adamw" })],
    ["resume, updates: expected a whole number in [0, 10], got 11 …", counters({ updates: 11 })],
    ["resume, skipped: expected a whole number in [0, 4], got 5 …", counters({ skipped: 5 })],
    ["resume, total: expected a finite number, got NaN …", counters({ total: Number.NaN })],
    ["resume, total: expected a finite number, got null …", counters({ total: null })],
    ["resume, seconds: expected a number ≥ 0, got -1 …", counters({ seconds: -1 })],
    [
      "resume, best.epoch: expected a whole number in [1, 2], got 3 …",
      counters({ best: { epoch: 3, validationCost: 1 } }),
    ],
    [
      "resume, best.validationCost: expected a finite number, got null …",
      counters({ best: { epoch: 2, validationCost: null } }),
    ],
    ["resume, plateau: expected nothing, got [object Object] …", counters({ plateau: {} })],
    ["resume, lbfgs: expected nothing, got [object Object] …", counters({ lbfgs: { pairs: 0 } })],
    [
      'unknown field of counters in resume "stpe"; did you mean "step"? known: step, epoch, batch, batches, optimizer, updates, total, skipped, seconds, best, plateau, lbfgs',
      counters({ stpe: 1 }),
    ],
    [
      "resume, parameters: expected a Float64Array of 17 numbers, got nothing …",
      arrays((all) => all.delete("parameters")),
    ],
    [
      "resume, parameters: expected a Float64Array of 17 numbers, got 16 of them …",
      arrays((all) => all.set("parameters", new Float64Array(16))),
    ],
    [
      "resume, parameters: expected a Float64Array of 17 numbers, got a Float32Array …",
      arrays((all) => all.set("parameters", new Float32Array(17) as never)),
    ],
    [
      "resume, slot s: expected a Float64Array of 17 numbers, got nothing …",
      arrays((all) => all.delete("slot s")),
    ],
    [
      "resume, slot m[3]: expected a finite number, got NaN …",
      arrays((all) => all.get("slot m")!.fill(Number.NaN, 3, 4)),
    ],
    [
      "resume, slot v: expected nothing, got a Float64Array …",
      arrays((all) => all.set("slot v", new Float64Array(17))),
    ],
    [
      "resume, best: expected nothing, got a Float64Array …",
      arrays((all) => all.set("best", new Float64Array(17))),
    ],
  ])("%s", async (message, change) => {
    expect(await refused(change)).toBe(message);
  });

  const same = (state: TrainingState): TrainingState => state;
  const momentum = sgd({ momentum: 0.9 });
  const patient = { validation, patience: 50 };
  const onPlateaus = { schedule: onPlateau() };
  test.each<[string, TrainingOptions, TrainingOptions]>([
    ["resume, optimizer: expected sgd, got adam …", {}, { optimizer: momentum }],
    [
      "resume, slot v: expected a Float64Array of 17 numbers, got nothing …",
      { optimizer: sgd() },
      { optimizer: momentum },
    ],
    ["resume, batches: expected 2, got 4 …", {}, { batchSize: 5 }],
    ["resume, step: expected a whole number in [0, 8], got 10 …", {}, { epochs: 2 }],
    ["resume, best: expected nothing, got a Float64Array …", patient, {}],
    ["resume, best: expected a Float64Array of 17 numbers, got nothing …", { validation }, patient],
    ["resume, plateau: expected an object, got undefined …", {}, onPlateaus],
    ["resume, plateau: expected nothing, got [object Object] …", onPlateaus, {}],
    [
      "checkpoint does not go with worker: true; leave one of them out",
      {},
      { worker: true, checkpoint: { save: () => {} } },
    ],
    ["resume does not go with worker: true; leave one of them out", {}, { worker: true }],
  ])("%s", async (message, options, then) => {
    expect(await refused(same, options, then)).toBe(message);
  });

  test.each<[string, object]>([
    ["plateau.waited: expected a whole number in [0, 2], got 3 …", { waited: 3 }],
    ["plateau.drops: expected a whole number in [0, 2], got -1 …", { drops: -1 }],
    ["plateau.best: expected a finite number, got null …", { best: null }],
  ])("resume, %s", async (message, given) => {
    const change = (state: TrainingState) =>
      counters({ plateau: { ...state.counters.plateau, ...given } })(state);
    expect(await refused(change, onPlateaus)).toBe(`resume, ${message}`);
  });

  test.each<[string, Partial<TrainingCounters["lbfgs"]>]>([
    ["lbfgs.pairs: expected a whole number in [0, 100], got 101 …", { pairs: 101 }],
    ["lbfgs s 4: expected a Float64Array of 17 numbers, got nothing …", { pairs: 5 }],
    ["lbfgs s 3: expected nothing, got a Float64Array …", { pairs: 3 }],
    [
      "lbfgs.ending: expected gradient, change, line-search, got boredom …",
      { ending: "boredom" as never },
    ],
  ])("resume, %s", async (message, given) => {
    const saved: TrainingState[] = [];
    const whole = { optimizer: lbfgs(), epochs: 4 };
    const save = (state: TrainingState): void => void saved.push(state);
    await run(network(definition), data, { ...whole, checkpoint: { save } });
    const { arrays, counters } = saved.at(-1)!;
    const lbfgsState = { ...counters.lbfgs, ...given };
    const resume = { arrays, counters: { ...counters, lbfgs: lbfgsState } as TrainingCounters };
    expect(() => train(network(definition), data, { ...whole, resume })).toThrow(
      `resume, ${message.replace(" …", `; ${remedy}`)}`,
    );
  });

  test("whatever else stands in a field, by an error that says so", async () => {
    const { states } = await statesOf({ steps: 5 }, { ...patient, ...onPlateaus });
    const { counters, arrays } = states[1]!;
    const paths = [
      ...Object.keys(counters).map((name) => [name]),
      ...["epoch", "validationCost"].map((name) => ["best", name]),
      ...["best", "waited", "cooling", "drops"].map((name) => ["plateau", name]),
      ["lbfgs"],
    ];
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), ([name, inner], value) => {
        const given: Record<string, unknown> = { ...counters };
        const outer = given[name!] as object;
        given[name!] = inner === undefined ? value : { ...outer, [inner]: value };
        const resume = { counters: given, arrays } as unknown as TrainingState;
        try {
          train(network(definition), data, { ...options, ...patient, ...onPlateaus, resume });
        } catch (error) {
          expect(error).toMatchObject({ name: "NablaError" });
          return;
        }
        const taken = inner === undefined ? value : (given[name!] as never)[inner];
        expect(typeof taken).toBe("number");
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  test.each<[string, unknown]>([
    ["save of checkpoint must be a function, got undefined", {}],
    [
      'every of checkpoint must be { epochs }, { steps } or { seconds }, got {"days":1}',
      { every: { days: 1 }, save: () => {} },
    ],
    [
      'every of checkpoint must be { epochs }, { steps } or { seconds }, got {"steps":1,"epochs":1}',
      { every: { steps: 1, epochs: 1 }, save: () => {} },
    ],
    [
      "every of checkpoint must be { epochs }, { steps } or { seconds }, got {}",
      { every: {}, save: () => {} },
    ],
    [
      "steps of checkpoint must be a positive integer, got 0",
      { every: { steps: 0 }, save: () => {} },
    ],
    [
      "seconds of checkpoint must be a number > 0, got 0",
      { every: { seconds: 0 }, save: () => {} },
    ],
  ])("%s", (message, checkpoint) => {
    const given = { checkpoint } as TrainingOptions;
    expect(() => train(network(definition), data, given)).toThrow(message);
  });
});
