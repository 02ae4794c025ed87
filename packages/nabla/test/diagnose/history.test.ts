import type { Epoch } from "nabla";
import { describe, expect, test } from "vitest";
import { judgeHistory } from "../../src/diagnose/history.ts";

const course = (
  count: number,
  cost: (t: number) => number,
  validationCost?: (t: number) => number,
): Epoch[] =>
  Array.from({ length: count }, (_, t) => ({
    ...{ epoch: t + 1, step: t + 1, seconds: t, learningRate: 0.5 },
    cost: cost(t),
    ...(validationCost && { validationCost: validationCost(t) }),
  }));

const decay = (t: number): number => 1 / (1 + t);

describe("a course of costs without a finding", () => {
  test.each<[string, Epoch[]]>([
    ["falls like 1/t", course(40, decay)],
    ["falls like 1/t, below 0 too", course(40, (t) => decay(t) - 0.5)],
    ["jumps near 0, where it has arrived", course(40, (t) => decay(t) ** 3 * (1 + (t % 2)))],
    ["has one mishap", course(40, (t) => decay(t) + (t === 20 ? 5 : 0))],
    ["stays where it is", course(40, (t) => 0.693 + 0.01 * (t % 2))],
    ["falls fast, and would go on", course(8, (t) => 1 - t / 10)],
    [
      "ends where the validation cost does",
      course(
        40,
        (t) => 1 - t / 100,
        (t) => 1 + t / 1000,
      ),
    ],
    ["is too short to tell", course(7, (t) => t)],
    ["validates noisily", course(40, decay, (t) => decay(t) + 0.1 + 0.02 * (t % 2))],
    [
      "loses little of what it has gained",
      course(40, decay, (t) => (t < 20 ? 1 - t / 21 : 0.048 + (t - 20) / 200)),
    ],
    [
      "loses on both",
      course(
        40,
        (t) => 0.1 + t / 10000,
        (t) => 0.1 + t / 1000,
      ),
    ],
  ])("%s", (_, history) => {
    expect(judgeHistory(history)).toEqual([]);
  });
});

describe("a learning rate", () => {
  test("is too high where the cost ends above its beginning", () => {
    //  the last ten of forty: the mean of 1 + t/20 over 30 … 39
    expect(judgeHistory(course(40, (t) => 1 + t / 20))).toEqual([
      {
        code: "rate-too-high",
        where: "epochs 1 to 40",
        figure: "the cost rose from 1 to 2.725",
        message:
          "epochs 1 to 40: the cost rose from 1 to 2.725; lower the learning rate, which was 0.5, tenfold",
        remedy: "lower the learning rate, which was 0.5, tenfold",
      },
    ]);
  });

  test("is too high where the cost goes up and down", () => {
    const [found] = judgeHistory(course(41, (t) => (t % 2 === 0 ? 1 : 0.7)));
    expect(found).toMatchObject({
      code: "rate-too-high",
      figure: "the cost rose by more than a fifth 20 times",
    });
  });

  test("is too low where the cost falls along a line to the end", () => {
    expect(judgeHistory(course(40, (t) => 1 - t / 1000))).toMatchObject([
      {
        code: "rate-too-low",
        where: "epochs 1 to 40",
        figure: "the cost fell steadily from 1 to 0.961, and still does",
        remedy: "raise the learning rate, which was 0.5, tenfold",
      },
    ]);
  });

  test("is too low where the cost stands still, though a step would lower it by a tenth", () => {
    const still = course(40, (t) => 0.9 + 0.02 * (t % 2));
    expect(judgeHistory(still, { downhill: () => 0.1 })).toEqual([]);
    expect(judgeHistory(still, { downhill: () => 0.234 })).toMatchObject([
      {
        code: "rate-too-low",
        figure: "the cost stayed at 0.91, and one step down the gradient lowers it by 23 %",
      },
    ]);
  });

  test("is too low where an exponential is followed for a third of its time", () => {
    //  e^(−1/3) = 0.717; of its last quarter it falls e^(−1/4) = 0.78 times what it fell in its first
    const found = judgeHistory(course(40, (t) => Math.exp(-t / 120)));
    expect(found).toMatchObject([{ code: "rate-too-low" }]);
    expect(judgeHistory(course(40, (t) => Math.exp(-t / 20)))).toEqual([]);
  });
});

test("a loss is little beside what a guess costs, which the first epoch may have left behind", () => {
  const history = course(40, decay, (t) => 0.1 + 0.002 * Math.max(0, t - 3));
  expect(judgeHistory(history)).toMatchObject([{ code: "overfitting" }]);
  expect(judgeHistory(history, { guess: 0.5 })).toEqual([]);
});

test("overfitting is a validation cost that rises while that of training falls", () => {
  //  least around the epoch of t = 10: the mean of 0.42, 0.41, 0.4, 0.41, 0.42; the last five: 0.67;
  //  that of training is the mean of 1/9 … 1/13, then of 1/36 … 1/40
  const validation = (t: number) => 0.4 + 0.01 * Math.abs(t - 10);
  expect(judgeHistory(course(40, (t) => 1 / (1 + t), validation))).toEqual([
    expect.objectContaining({
      code: "overfitting",
      where: "epochs 11 to 40",
      figure:
        "the validation cost rose from 0.412 to 0.67, while that of training fell from 0.09246 to 0.02635",
      remedy: "add a penalty on the weights, l2, say 0.001",
    }),
  ]);
});
