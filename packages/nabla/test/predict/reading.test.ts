/** The little grammar of `nabla/predict` beside the one that explains itself. */

import fc from "fast-check";
import { expect, test } from "vitest";
import type { SystemText } from "../../src/equations/system.ts";
import { NablaError } from "../../src/errors.ts";
import { readPredictor } from "../../src/predict/equations.ts";
import { knownLists } from "../equations/known-lists.ts";
import { systemOf } from "../equations/points.ts";
import { randomLists } from "../equations/random-lists.ts";

const lists: readonly SystemText[] = [
  ...knownLists.map(({ name: _, rows: __, ...text }) => text),
  ...randomLists(40).map(({ text }) => text),
];

/** What a reader says: the parameters that it finds, or that it refuses. */
function said(read: () => { parameters: readonly { name: string; shape: readonly unknown[] }[] }) {
  try {
    return read().parameters.map(({ name, shape }) => `${name}[${shape}]`);
  } catch (error) {
    expect(error).toBeInstanceOf(NablaError);
    return (error as Error).message;
  }
}

/** What is said of rows and of training in equations that only the cost needs. */
const OF_THE_COST = /rows meet only in the cost|computed in training only/;

test("a text with a token left out, doubled or changed is read by both or refused by both", () => {
  const token = /[\p{L}_][\p{L}\p{N}_]*|\d+(?:\.\d+)?|\S|\n/gu;
  const others = ["n", "i", "x", "W", "(", ")", "[", "]", ",", "·", "+", "-", "^2", "=", "3", "N"];
  const words = [
    "Σ_i",
    "max_j",
    "mean_n",
    "exp",
    "select",
    "training",
    "0.5",
    "\n",
    "t+r",
    "id[n]",
  ];
  let refused = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...lists),
      fc.nat(),
      fc.constantFrom("", "$&$&", "$& $&", ...others, ...words),
      (list, position, change) => {
        const tokens = [...list.equations.matchAll(token)];
        const chosen = tokens[position % tokens.length]!;
        const equations =
          list.equations.slice(0, chosen.index) +
          change.replaceAll("$&", chosen[0]) +
          list.equations.slice(chosen.index + chosen[0].length);
        const text = { ...list, equations };
        const expected = said(() => systemOf(text));
        const got = said(() => readPredictor(text));
        if (typeof expected !== "string") expect(got).toEqual(expected);
        else if (!OF_THE_COST.test(expected)) expect(got).toBeTypeOf("string");
        if (typeof expected === "string") refused++;
      },
    ),
    { numRuns: 3000 },
  );
  expect(refused).toBeGreaterThan(1000);
});

const equations = "a[n,i] = W[i]·x[n,i]\nC = 1/N·Σ_n Σ_i a[n,i]";
const given = { equations, extents: { i: 3 }, inputs: "x", outputs: "a", cost: "C" };

test.each<[string, Partial<SystemText>]>([
  ["extents that are not positive integers", { extents: { i: 2.5 } }],
  ["an extent of 0", { extents: { i: 0 } }],
  ["masks that keep nothing", { masks: { mask: 0 } }],
  ["outputs that are not there", { outputs: "z" }],
  ["outputs without rows", { outputs: "W" }],
  ["inputs that are not there", { inputs: ["x", "u"] }],
  ["targets that are not there", { targets: "y" }],
  ["a cost that is a parameter", { cost: "W" }],
  ["a cost that is not there", { cost: "D" }],
  ["a sum over rows in the outputs", { equations: `s[] = Σ_n x[n,0]\na[n,i] = s[]·x[n,i]\nC = 0` }],
  ["outputs of training alone", { equations: "a[n,i] = x[n,i] training\nC = 0" }],
  ["a power of log x without parentheses", { equations: "a[n,i] = log x[n,i]^2\nC = 0" }],
  ["what is nested deeper than 100", { equations: `a[n,i] = ${"-".repeat(101)}x[n,i]\nC = 0` }],
])("refuses %s, as the other does", (_, change) => {
  const text = { ...given, ...change };
  expect(() => systemOf(text)).toThrow(NablaError);
  expect(() => readPredictor(text)).toThrow(NablaError);
  expect(() => readPredictor(given)).not.toThrow();
});

test("says in which line a text goes wrong, and who tells why", () => {
  const text = { ...given, equations: "a[n,i] = x[n,i]\nC = 1/N·Σ_n exq(a[n,0])" };
  expect(() => readPredictor(text)).toThrow(
    expect.objectContaining({
      code: "data",
      message: 'equations, line 2: wrong before "("; loadModel of nabla tells why',
    }),
  );
});
