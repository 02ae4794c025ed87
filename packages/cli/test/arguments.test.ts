import { expect, test } from "vitest";
import { classWeights, list, texts } from "../src/arguments.ts";

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
