import { describe, expect, test } from "vitest";
import {
  add,
  type Expression,
  element,
  expand,
  freeIndices,
  index,
  mul,
  number,
  rename,
  same,
  type Tensor,
  walk,
} from "../../src/equations/expression.ts";
import { formatExpression } from "../../src/equations/format.ts";
import { readFormula } from "./trees.ts";

const [n, i, j] = [index("n", "rows"), index("i", 3), index("j", 2)];
const W: Tensor = { name: "W", shape: [2, 3], role: "parameter" };
const E: Tensor = { name: "E", shape: [5, 3], role: "parameter" };
const id: Tensor = { name: "id", shape: ["rows"], role: "input", count: 5 };
const word: Expression = element(E, [{ kind: "lookup", element: element(id, [n]) }, i]);
const sum: Expression = {
  kind: "reduction",
  name: "sum",
  over: [i],
  body: mul(element(W, [j, i]), word),
};

test("a walk meets every part of an expression once, the whole first, lookups too", () => {
  const met = [...walk(add(sum, number(2)))].map((e) =>
    e.kind === "reduction" ? "Σ" : formatExpression(e),
  );
  expect(met).toEqual([
    "Σ_i W[j,i]·E[id[n],i] + 2",
    "Σ",
    "W[j,i]·E[id[n],i]",
    "W[j,i]",
    "E[id[n],i]",
    "id[n]",
    "2",
  ]);
});

test("the free indices are those that no reduction binds, those of lookups among them", () => {
  expect([...freeIndices(sum)]).toEqual([j, n]);
  expect([...freeIndices(mul(word, sum))]).toEqual([n, i, j]);
});

test("indices are renamed where they are read, in lookups too", () => {
  const [m, k] = [index("m", "rows"), index("k", 3)];
  const renamed = rename(
    word,
    new Map([
      [n, m],
      [i, k],
    ]),
  );
  expect(formatExpression(renamed)).toBe("E[id[m],k]");
});

describe("two expressions are the same", () => {
  test.each([
    ["x + y", "x + y", true],
    ["x + y", "y + x", false],
    ["x − y", "x + y", false],
    ["sigmoid(x)", "sigmoid(x)", true],
    ["sigmoid(x)", "silu(x)", false],
    ["select(x < y, 1, 2)", "select(x < y, 1, 2)", true],
    ["select(x < y, 1, 2)", "select(x <= y, 1, 2)", false],
    ["max(x, 0)", "max(x, 0)", true],
    ["max(x, 0)", "min(x, 0)", false],
  ])("as trees: %s, %s: %s", (a, b, expected) => {
    expect(same(readFormula(a), readFormula(b))).toBe(expected);
  });

  test("if their indices are the same objects: a name is not enough", () => {
    expect(same(element(W, [j, i]), element(W, [j, i]))).toBe(true);
    expect(same(element(W, [j, i]), element(W, [j, index("i", 3)]))).toBe(false);
    expect(same(sum, { ...sum })).toBe(false);
    expect(same(number(0), number(-0))).toBe(false);
  });
});

test("a call stands for its definition with the arguments in it", () => {
  const call = readFormula("binary_cross_entropy(2*x, y)");
  if (call.kind !== "call") throw new Error(call.kind);
  expect(formatExpression(expand(call))).toBe("max(2·x, 0) − y·2·x + log1p(exp(−abs(2·x)))");
});
