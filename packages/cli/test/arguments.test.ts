import { expect, test } from "vitest";
import { classWeights, interval, list, texts } from "../src/arguments.ts";

const read = classWeights("--class-weight");

test.each([
  ["yes=2,no=1", { yes: 2, no: 1 }],
  ["1=0.5", { 1: 0.5 }],
  ["a,b=1,c=2e1", { "a,b": 1, c: 20 }],
  ["x=y=3", { "x=y": 3 }],
  ["balanced=2", { balanced: 2 }],
  ["balanced", "balanced"],
] as const)("%s are weights of classes", (text, weights) => {
  expect(read(text)).toEqual(weights);
});

test("a second use of the flag adds classes", () => {
  expect(read("no=1", read("yes=2"))).toEqual({ yes: 2, no: 1 });
});

test.each(["", "yes", "yes=", "=2", "yes=2,", "yes=two"])("%j are none", (text) => {
  expect(() => read(text)).toThrow(
    "--class-weight must be balanced, or weights such as yes=2,no=1",
  );
});

test("lists are split at commas, texts are not, and both go on", () => {
  expect(list("a,b", ["z"])).toEqual(["z", "a", "b"]);
  expect(texts("a,b", ["z"])).toEqual(["z", "a,b"]);
});

test.each([
  ["50", { epochs: 50 }],
  ["50epochs", { epochs: 50 }],
  ["500steps", { steps: 500 }],
  ["30s", { seconds: 30 }],
  ["2min", { seconds: 120 }],
  ["0.5h", { seconds: 1800 }],
  [".5s", { seconds: 0.5 }],
])("%s is an interval", (text, expected) => {
  expect(interval("--checkpoint-every")(text)).toEqual(expected);
});

test.each([
  "",
  "0",
  "-1",
  "1.5",
  "1.5steps",
  "0s",
  "1e9",
  "1.2.3s",
  "5 min",
  "min",
  "9".repeat(20),
])("%j is none", (text) => {
  expect(() => interval("--checkpoint-every")(text)).toThrow(
    "--checkpoint-every must be so many epochs, steps or so much time",
  );
});
