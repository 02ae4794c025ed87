import { expect, test } from "vitest";
import { createProgress } from "../src/progress.ts";
import { memory } from "./support.ts";

/** The output for epochs at these seconds. */
function progressAt(seconds: readonly number[], { isTTY }: { isTTY: boolean }): string {
  const stderr = memory({ isTTY });
  const progress = createProgress(stderr.stream);
  seconds.forEach((at, i) => {
    const epoch = { epoch: i + 1, step: i + 1, cost: 1 / (i + 1), seconds: at, learningRate: 0.1 };
    progress.onEpoch({ ...epoch, validationCost: 0.5 });
  });
  progress.end();
  return stderr.text();
}

test("without a terminal there is a line every five seconds, and one at the end", () => {
  const seconds = Array.from({ length: 121 }, (_, i) => i / 10);
  expect(progressAt(seconds, { isTTY: false }).split("\n")).toEqual([
    "epoch 51   cost 0.01961   validation 0.5   5.0 s",
    "epoch 101   cost 0.009901   validation 0.5   10.0 s",
    "epoch 121   cost 0.008264   validation 0.5   12.0 s",
    "",
  ]);
});

test("on a terminal one line is rewritten, at most ten times a second", () => {
  const text = progressAt([0, 0.05, 0.1, 0.15], { isTTY: true });
  const [, ...lines] = text.split("\r");
  const shown = lines.map((line) => line.split("   ")[0]);
  expect(shown).toEqual(["epoch 1", "epoch 3", "epoch 4"]);
  expect(text.endsWith("\u001b[K\n")).toBe(true);
});

test("a training without an epoch prints nothing", () => {
  expect(progressAt([], { isTTY: true })).toBe("");
});
