import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { evaluator } from "../../src/equations/evaluate.ts";
import type { NamedFunction, Tensor } from "../../src/equations/expression.ts";
import { newMemory } from "../../src/equations/memory.ts";
import { normalise } from "../../src/equations/normalise.ts";
import { parseEquations, parseFormula } from "../../src/equations/parse.ts";
import {
  checkSchedule,
  constant,
  cosine,
  exponential,
  newRates,
  oneCycle,
  onPlateau,
  parseSchedule,
  type Schedule,
  type ScheduleName,
  scheduleNames,
  schedules,
  stepDecay,
  warmUpFormula,
} from "../../src/functions/schedules.ts";
import { engines } from "../engines/engines.ts";
import { ratesOf, run, scheduled, scheduleRates } from "./schedule-rates.ts";
import golden from "./schedules.golden.json" with { type: "json" };

/** Of relative errors, as large as a rate itself where one of the two is 0 or NaN. */
function largestError(got: readonly number[], expected: readonly number[]): number {
  expect(got.length).toBe(expected.length);
  const errors = got.map((rate, t) => Math.abs(rate - expected[t]!) / Math.abs(expected[t]!));
  return Math.max(...errors);
}

describe("the rates of every step are PyTorch's", () => {
  test.each(golden.cases)("$schedule through $run.epochs × $run.stepsPerEpoch steps", (stored) => {
    const { rate } = newRates(checkSchedule(stored.schedule as Schedule), stored.run);
    const got = stored.rates.map((_, t) => rate(t));
    expect(largestError(got, stored.rates)).toBeLessThanOrEqual(1e-15);
  });

  test.each(golden.plateaus)("$schedule after the costs $costs", ({ schedule, ...stored }) => {
    const { rate, endEpoch } = newRates(checkSchedule(schedule as Schedule), stored.run);
    const got = stored.costs.map((cost, epoch) => {
      const own = rate(epoch);
      endEpoch(cost);
      return own;
    });
    expect(largestError(got, stored.rates)).toBeLessThanOrEqual(1e-15);
  });

  test("and every schedule has been stored", () => {
    const stored = [...golden.cases, ...golden.plateaus].map(({ schedule }) => schedule.schedule);
    expect(new Set(stored)).toEqual(new Set(scheduleNames));
  });
});

describe("over 1,000 steps", () => {
  const { learningRate: η, stepsPerEpoch } = run;
  const T = 1000;
  const π = Math.PI;
  const epochOf = (t: number): number => Math.floor(t / stepsPerEpoch);
  const power = (x: number, p: number): number =>
    Array(p)
      .fill(x)
      .reduce((a, b) => a * b, 1);

  /** Each schedule of `scheduled` in its own words; sin² from the end that is nearer to 0. */
  const written: Record<ScheduleName, (t: number) => number> = {
    constant: () => η,
    step: (t) => η * power(0.3, Math.floor(epochOf(t) / 7)),
    exponential: (t) => η * power(0.93, epochOf(t)),
    cosine: (t) => 1e-5 + (η - 1e-5) * Math.sin((π * (T - t)) / T / 2) ** 2,
    "one-cycle": (t) => {
      const [start, end] = [η / 25, η / 25 / 1e4];
      return t < 369
        ? start + (η - start) * Math.sin((π * t) / 369 / 2) ** 2
        : end + (η - end) * Math.sin((π * (999 - t)) / 630 / 2) ** 2;
    },
    // The cost rests from epoch 10 on: 6 epochs to the first drop, then 2 + 6 to each further one
    "on-plateau": (t) => {
      const drops = Math.max(0, Math.floor((epochOf(t) - 16) / 8) + 1);
      return Math.max(η * power(0.4, drops), 1e-3);
    },
  };

  // Of the two powers each may have rounded 49 times; all others are below 1e-15.
  const tolerance = (name: ScheduleName): number => (name === "exponential" ? 1.2e-14 : 1e-15);

  test.each(scheduled)("$schedule with a warm-up of $warmup steps is its formula", (schedule) => {
    const warmup = schedule.warmup ?? 0;
    const expected = Array.from({ length: T }, (_, t) => {
      const rate = written[schedule.schedule](t);
      return t < warmup ? (rate * (t + 1)) / warmup : rate;
    });
    expect(largestError([...ratesOf(schedule)], expected)).toBeLessThanOrEqual(
      tolerance(schedule.schedule),
    );
  });

  test.each(scheduled)(
    "$schedule with a warm-up of $warmup steps is the table's text",
    (schedule) => {
      const rates = ratesOf(schedule);
      for (let t = 0; t < T; t += 13) {
        const epoch = epochOf(t);
        const drops = Math.max(0, Math.floor((epoch - 16) / 8) + 1);
        const numbers = { ...schedule, ...run, steps: T, t, epoch, drops };
        // Where the text takes 1 + cos, what is left is as exact as η is, not as the rate
        const apart = Math.abs(rates[t]! - textRate(schedule.schedule, numbers));
        expect(apart).toBeLessThanOrEqual(1e-15 * η);
      }
    },
  );

  test("the bits are those that are stored", () => {
    const bits = createHash("sha256").update(scheduleRates());
    expect(bits.digest("hex").slice(0, 16)).toBe("73dc8a1b8d6ef9c1");
  });

  test.each([...engines])("they are the same in %s", async (_, run) => {
    expect(await run("rates")).toEqual([...scheduleRates()]);
  });
});

const x: Tensor = { name: "x", shape: [], role: "input" };

/** cos x = 1 − x²/(1·2)·(1 − x²/(3·4)·(…)) */
const cos: NamedFunction = (() => {
  let series = "1";
  for (let k = 30; k > 0; k -= 2) series = `(1 - x^2/${k * (k - 1)}*${series})`;
  return { name: "cos", variables: [x], value: parseFormula(series, [x], () => undefined) };
})();

/** The table's formula and the warm-up's, read and evaluated as equations are. */
function textRate(name: ScheduleName, numbers: Readonly<Record<string, unknown>>): number {
  // The language has no floor: its value is given
  const formula = schedules[name].formula.replace("floor(epoch/every)", "drops");
  const drops = name === "step" ? Math.floor((numbers.epoch as number) / 7) : numbers.drops;
  const isWarm = numbers.warmup !== 0;
  const scalars = { ...numbers, drops } as Readonly<Record<string, number>>;
  const { equations, tensors } = parseEquations(
    `${formula}\n warmed = ${isWarm ? warmUpFormula : "rate"}`,
    {
      extents: {},
      inputs: [],
      scalars: Object.keys(scalars),
      functions: (called) => (called === "cos" ? cos : undefined),
    },
  );
  const memory = newMemory("float64");
  evaluator(normalise(equations), memory)(1, scalars);
  return memory.cell(tensors.get("warmed")!).data[0]!;
}

describe("by hand", () => {
  const rates = (schedule: Schedule, epochs: number, stepsPerEpoch = 1): number[] => {
    const { rate } = newRates(schedule, { learningRate: 8, epochs, stepsPerEpoch });
    return Array.from({ length: epochs * stepsPerEpoch }, (_, t) => rate(t));
  };

  test("constant is the optimiser's rate", () => {
    expect(rates(constant(), 3)).toEqual([8, 8, 8]);
  });

  test("step halves after every two epochs of three steps", () => {
    const steps = rates(stepDecay({ every: 2, factor: 0.5 }), 5, 3);
    expect(steps).toEqual([8, 8, 8, 8, 8, 8, 4, 4, 4, 4, 4, 4, 2, 2, 2]);
  });

  test("exponential halves after every epoch of two steps", () => {
    expect(rates(exponential({ factor: 0.5 }), 3, 2)).toEqual([8, 8, 4, 4, 2, 2]);
  });

  test("cosine has three quarters of the way left at a third of the steps, half of it at a half", () => {
    const [first, , third, fourth, fifth] = rates(cosine({ minimum: 2 }), 6);
    expect([first, third, fifth].map((rate) => rate!.toFixed(14))).toEqual(
      [8, 2 + 6 * 0.75, 2 + 6 * 0.25].map((rate) => rate.toFixed(14)),
    );
    expect(fourth).toBe(5);
  });

  test("one-cycle rises from η/4 to η in three steps, and falls to η/16 in the last", () => {
    const cycle = oneCycle({ pctStart: 0.375, divFactor: 4, finalDivFactor: 4 });
    const [first, middle, peak, ...down] = rates(cycle, 8);
    expect([first, peak, down.at(-1)]).toEqual([2, 8, 0.5]);
    expect(middle).toBeCloseTo(5, 14);
    //  0.5 + 7.5·(1 + cos 36°)/2, cos 36° = (1 + √5)/4
    expect(down[0]).toBeCloseTo(0.5 + (7.5 * (5 + Math.sqrt(5))) / 8, 14);
  });

  test("one-cycle of one step is its last rate, and goes only down where no step is to go up", () => {
    expect(rates(oneCycle(), 1)).toEqual([8 / 25 / 1e4]);
    const down = rates(oneCycle({ pctStart: 0 }), 4);
    expect(down[0]).toBeCloseTo(8 * 0.8535533905932737, 4); //  (1 + cos 45°)/2, above a minimum of 3e-5
  });

  test("a warm-up takes η/4, 2η/4, 3η/4, and then the schedule's own rate", () => {
    expect(rates(constant({ warmup: 4 }), 6)).toEqual([2, 4, 6, 8, 8, 8]);
    expect(rates(stepDecay({ every: 3, factor: 0.5, warmup: 4 }), 6)).toEqual([2, 4, 6, 4, 4, 4]);
    expect(rates(constant({ warmup: 1 }), 2)).toEqual([8, 8]);
    expect(rates(constant({ warmup: 16 }), 2)).toEqual([0.5, 1]);
  });
});

describe("on-plateau", () => {
  const after = (schedule: Schedule, costs: readonly number[]): number[] => {
    const run = { learningRate: 1, epochs: costs.length, stepsPerEpoch: 3 };
    const { rate, endEpoch } = newRates(schedule, run);
    return costs.map((cost, epoch) => {
      endEpoch(cost);
      expect(rate(3 * epoch)).toBe(rate(3 * epoch + 5)); //  of the costs alone, not of the step
      return rate(3 * epoch);
    });
  };
  const half = { factor: 0.5, patience: 1 };

  test("bears `patience` epochs without a better cost, and drops at the next", () => {
    expect(after(onPlateau(half), [3, 3, 3, 3, 3])).toEqual([1, 1, 0.5, 0.5, 0.25]);
  });

  test("counts anew after a better cost", () => {
    expect(after(onPlateau(half), [3, 3, 2, 2, 1, 1, 1])).toEqual([1, 1, 1, 1, 1, 1, 0.5]);
  });

  test("takes a cost for better only where it is below by more than the threshold", () => {
    const schedule = onPlateau({ ...half, threshold: 0.25, patience: 0 });
    expect(after(schedule, [4, 3, 2.9, 2.2])).toEqual([1, 0.5, 0.5, 0.25]);
  });

  test("rests after a drop as long as it cools", () => {
    const schedule = onPlateau({ ...half, cooldown: 2 });
    expect(after(schedule, [3, 3, 3, 3, 3, 3, 3])).toEqual([1, 1, 0.5, 0.5, 0.5, 0.5, 0.25]);
  });

  test("stays at the minimum", () => {
    const schedule = onPlateau({ ...half, patience: 0, minimum: 0.3 });
    expect(after(schedule, [3, 3, 3, 3])).toEqual([1, 0.5, 0.3, 0.3]);
  });

  test("asks costs below 0 to fall too, where PyTorch would take −0.99995 for better than −1", () => {
    const schedule = onPlateau({ ...half, patience: 0 });
    expect(after(schedule, [0, -1, -0.99995, -1.00005, -1.0002])).toEqual([1, 1, 0.5, 0.25, 0.25]);
  });

  test("never takes NaN or Infinity for better", () => {
    const schedule = onPlateau({ ...half, patience: 0 });
    expect(after(schedule, [Number.NaN, Infinity, 5, Number.NaN])).toEqual([
      0.5, 0.25, 0.25, 0.125,
    ]);
  });
});

test("only on-plateau hears the costs", () => {
  for (const schedule of scheduled) {
    const { rate, endEpoch } = newRates(schedule, run);
    const before = rate(500);
    for (let epoch = 0; epoch < 50; epoch++) endEpoch(1);
    expect(rate(500) !== before).toBe(schedule.schedule === "on-plateau");
  }
});

test("the defaults are PyTorch's where it has some", () => {
  const warmup = 0;
  const defaults = [constant(), stepDecay(), exponential(), cosine(), oneCycle(), onPlateau()];
  expect(defaults).toEqual([
    { schedule: "constant", warmup },
    { schedule: "step", every: 30, factor: 0.1, warmup },
    { schedule: "exponential", factor: 0.95, warmup },
    { schedule: "cosine", minimum: 0, warmup },
    { schedule: "one-cycle", pctStart: 0.3, divFactor: 25, finalDivFactor: 1e4, warmup },
    {
      schedule: "on-plateau",
      ...{ factor: 0.1, patience: 10, threshold: 1e-4, cooldown: 0, minimum: 0 },
      warmup,
    },
  ]);
  expect(defaults.map(({ schedule }) => schedule)).toEqual(scheduleNames);
  expect(JSON.parse(JSON.stringify(defaults)).map(checkSchedule)).toEqual(defaults);
});

describe("a text is read", () => {
  test.each<[string, Schedule]>([
    ["cosine", cosine()],
    ["step:every=30,factor=0.1", stepDecay({ every: 30, factor: 0.1 })],
    ["one-cycle", oneCycle()],
    ["on-plateau:patience=5", onPlateau({ patience: 5 })],
    ["cosine:warmup=100,minimum=1e-5", cosine({ warmup: 100, minimum: 1e-5 })],
    ["exponential:factor=.5", exponential({ factor: 0.5 })],
  ])("%s", (text, schedule) => {
    expect(parseSchedule(text)).toEqual(schedule);
  });
});

const known = "constant, step, exponential, cosine, one-cycle, on-plateau";
const options = (got: string): string =>
  `options of a schedule must be such as warmup=100, each once, with commas between, got ${got}`;

describe("an error tells what is wrong with", () => {
  test.each([
    ["cosin", `unknown schedule "cosin"; did you mean "cosine"? known: ${known}`],
    ["", `unknown schedule ""; known: ${known}`],
    ["constructor", `unknown schedule "constructor"; known: ${known}`],
    [
      "cosine:minimun=1",
      'unknown cosine option "minimun"; did you mean "minimum"? known: minimum, warmup',
    ],
    ["constant:schedule=1", 'unknown constant option "schedule"; known: warmup'],
    ["constant:__proto__=1", 'unknown constant option "__proto__"; known: warmup'],
    ["cosine:", options('""')],
    ["cosine:warmup", options('"warmup"')],
    ["cosine:warmup=1,", options('""')],
    ["cosine:warmup=1,warmup=2", options('"warmup=2"')],
    ["cosine:warmup=1:minimum=2", 'warmup must be a number, got "1:minimum=2"'],
    ["cosine:warmup=", 'warmup must be a number, got ""'],
    ["cosine:warmup=0x10", 'warmup must be a number, got "0x10"'],
    ["cosine:minimum=Infinity", 'minimum must be a number, got "Infinity"'],
    ["cosine:minimum=1e999", "minimum must be a number ≥ 0, got Infinity"],
    ["cosine:warmup=1.5", "warmup must be a whole number ≥ 0, got 1.5"],
    ["step:every=0", "every must be a whole number ≥ 1, got 0"],
    ["step:factor=0", "factor must be in (0, 1], got 0"],
    ["exponential:factor=1.1", "factor must be in (0, 1], got 1.1"],
    ["cosine:minimum=-1", "minimum must be a number ≥ 0, got -1"],
    ["one-cycle:pctStart=1", "pctStart must be in [0, 1), got 1"],
    ["one-cycle:divFactor=0.5", "divFactor must be a number ≥ 1, got 0.5"],
    ["one-cycle:finalDivFactor=0", "finalDivFactor must be a number ≥ 1, got 0"],
    ["on-plateau:patience=-1", "patience must be a whole number ≥ 0, got -1"],
    ["on-plateau:threshold=1", "threshold must be in [0, 1), got 1"],
    ["on-plateau:cooldown=0.5", "cooldown must be a whole number ≥ 0, got 0.5"],
  ])("%s", (text, message) => {
    expect(() => parseSchedule(text)).toThrow(
      expect.objectContaining({ name: "NablaError", code: "usage", message }),
    );
  });

  test.each<[unknown, string]>([
    [{}, `unknown schedule "undefined"; known: ${known}`],
    [{ schedule: "cosine", minimum: Number.NaN }, "minimum must be a number ≥ 0, got NaN"],
    [{ schedule: "cosine", minimum: "0" }, "minimum must be a number ≥ 0, got 0"],
  ])("plain data such as %o", (schedule, message) => {
    expect(() => checkSchedule(schedule as Schedule)).toThrow(
      expect.objectContaining({ name: "NablaError", code: "usage", message }),
    );
  });

  test("options given to a maker", () => {
    expect(() => stepDecay({ every: 0 })).toThrow("every must be a whole number ≥ 1, got 0");
  });

  test("a minimum above the learning rate", () => {
    for (const schedule of [cosine({ minimum: 0.2 }), onPlateau({ minimum: 0.2 })]) {
      expect(() => newRates(schedule, run)).toThrow(
        expect.objectContaining({
          code: "usage",
          message: "minimum must be at most the learning rate 0.1, got 0.2",
        }),
      );
    }
  });
});
