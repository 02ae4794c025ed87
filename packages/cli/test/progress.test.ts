import { describe, expect, test } from "vitest";
import { createProgress } from "../src/progress.ts";
import { memory } from "./support.ts";

interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly env?: Record<string, string>;
}

/** The output for 200 epochs at most, of which those at these seconds come. */
function progressAt(seconds: readonly number[], { env = {}, isTTY = false, columns = 80 }: Screen) {
  const stderr = memory({ isTTY });
  Object.assign(stderr.stream, { columns, rows: 40 });
  const progress = createProgress({ stderr: stderr.stream, env }, { epochs: 200 });
  seconds.forEach((at, i) => {
    const epoch = { epoch: i + 1, step: i + 1, cost: 1 / (i + 1), seconds: at, learningRate: 0.1 };
    progress.onEpoch({ ...epoch, validationCost: 0.5 });
  });
  progress.end();
  return stderr.text();
}

const seconds = (count: number) => Array.from({ length: count }, (_, i) => i / 10);
const control = (rest: string) => new RegExp(`\u001b\\[${rest}`, "g");
const colour = control("\\d+m");
const UP = control("(\\d+)A");

describe("without a terminal", () => {
  test("there are lines after 1, 2, 4 and 8 seconds, then every five, and one at the end", () => {
    expect(progressAt(seconds(151), {}).split("\n")).toEqual([
      "epoch 11/200   cost 0.09091   validation 0.5   1.0 s, ≤ 17 s left",
      "epoch 21/200   cost 0.04762   validation 0.5   2.0 s, ≤ 17 s left",
      "epoch 41/200   cost 0.02439   validation 0.5   4.0 s, ≤ 16 s left",
      "epoch 81/200   cost 0.01235   validation 0.5   8.0 s, ≤ 12 s left",
      "epoch 131/200   cost 0.007634   validation 0.5   13 s, ≤ 6.8 s left",
      "epoch 151/200   cost 0.006623   validation 0.5   15 s",
      "",
    ]);
  });

  test("that is so on a dumb one, too", () => {
    const text = progressAt(seconds(3), { isTTY: true, env: { TERM: "dumb" } });
    expect(text).toBe("epoch 3/200   cost 0.3333   validation 0.5   0.2 s\n");
  });
});

describe("on a terminal", () => {
  test("one line is rewritten, at most ten times a second", () => {
    const text = progressAt([0, 0.05, 0.1, 0.15], { isTTY: true });
    const [, ...lines] = text.split("\r");
    const shown = lines.map((line) => line.split("/")[0]);
    expect(shown).toEqual(["epoch   1", "epoch   3", "epoch   4"]);
    expect(text.endsWith("\u001b[K\n")).toBe(true);
  });

  test("the bar is as long as the part that is done, and the line fits 80 columns", () => {
    const last = progressAt(seconds(100), { isTTY: true, env: { NO_COLOR: "1" } })
      .split("\r")
      .at(-1);
    expect(last).toBe(
      "epoch 100/200 ━━━━━━━━────────  cost 0.01000   validation 0.5000    9.9 s\u001b[K\n",
    );
  });

  test.each([20, 60, 80, 99])("no line is wider than %i columns", (columns) => {
    const text = progressAt(seconds(30), { isTTY: true, columns, env: { NO_COLOR: "1" } });
    const lines = text.replaceAll("\u001b[K", "").split(/[\r\n]/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(columns);
  });

  test("from 100 columns on the curves stand above it, drawn over in place", () => {
    const text = progressAt(seconds(30), { isTTY: true, columns: 100 });
    const [first, ...others] = text.split("\r");
    expect(first).toBe("training …");
    const heights = others.map((frame) => frame.split("\n").length);
    expect(heights.slice(0, 3)).toEqual([1, 8, 8]);
    expect([...text.matchAll(UP)].map(([, lines]) => lines)).toEqual(
      Array.from({ length: others.length - 2 }, () => "7"),
    );
    const lines = text.replaceAll(colour, "").replaceAll(UP, "").replaceAll("\u001b[K", "");
    expect(Math.max(...lines.split(/[\r\n]/).map((line) => line.length))).toBeLessThan(100);
  });

  test("NO_COLOR leaves colours out, not the curves", () => {
    const draw = (env: Record<string, string>) =>
      progressAt(seconds(30), { isTTY: true, columns: 120, env });
    expect(draw({}).match(colour)).not.toBeNull();
    expect(draw({ NO_COLOR: "1" }).match(colour)).toBeNull();
    expect(draw({ NO_COLOR: "1" })).toBe(draw({}).replaceAll(colour, ""));
  });
});

test("a training without an epoch leaves nothing behind", () => {
  expect(progressAt([], {})).toBe("");
  expect(progressAt([], { isTTY: true })).toBe("training …\r\u001b[K");
});
