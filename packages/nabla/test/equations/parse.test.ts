import { describe, expect, test } from "vitest";
import {
  add,
  apply,
  div,
  type Element,
  type Expression,
  element,
  mul,
  neg,
  number,
  power,
  type Reduction,
  scalar,
  select,
  sub,
  type Tensor,
  zero,
} from "../../src/equations/expression.ts";
import { formatEquation, formatExpression } from "../../src/equations/format.ts";
import { normalise } from "../../src/equations/normalise.ts";
import {
  type ParsedText,
  parseEquations,
  parseFormula,
  type WrittenEquation,
} from "../../src/equations/parse.ts";
import { NablaError } from "../../src/errors.ts";
import { namedFunction } from "../../src/functions/activations.ts";

const vocabulary = {
  extents: { i: 3, j: 2, k: 2, t: 4, r: 3, id: 5 },
  inputs: ["x", "y", "id"],
  scalars: ["N"],
  functions: namedFunction,
};

const parse = (text: string): ParsedText => parseEquations(text, vocabulary);
const line = (text: string): WrittenEquation => parse(text).equations.at(-1)!;

/** The equations in normal form, as text. */
const normalForm = (text: string): string =>
  normalise(parse(text).equations).map(formatEquation).join("\n");

describe("a formula", () => {
  const variables = ["x", "y"].map((name): Tensor => ({ name, shape: [], role: "input" }));
  const [x, y] = variables.map((variable) => element(variable)) as [Expression, Expression];
  const n = number;
  const call = (name: string, ...args: Expression[]): Expression => ({
    kind: "call",
    function: namedFunction(name)!,
    arguments: args,
  });

  test.each<[string, Expression]>([
    ["1 + 2*x", add(n(1), mul(n(2), x))],
    ["(1 + 2)*x", mul(add(n(1), n(2)), x)],
    ["1 - 2 - x", sub(sub(n(1), n(2)), x)],
    ["1 - (2 - x)", sub(n(1), sub(n(2), x))],
    ["1/2/x", div(div(n(1), n(2)), x)],
    ["1/2*x", mul(div(n(1), n(2)), x)],
    ["x*y/2", div(mul(x, y), n(2))],
    ["-x + y", add(neg(x), y)],
    ["-x*y", mul(neg(x), y)],
    ["x*-y", mul(x, neg(y))],
    ["x - -y", sub(x, neg(y))],
    ["-x^2", neg(power(x, n(2)))],
    ["(-x)^2", power(neg(x), n(2))],
    ["2*x^3", mul(n(2), power(x, n(3)))],
    ["x^-2", power(x, n(-2))],
    ["x^0", power(x, zero)],
    ["log x + 1", add(apply("log", x), n(1))],
    ["log x*y", mul(apply("log", x), y)],
    ["exp(-x^2)", apply("exp", neg(power(x, n(2))))],
    ["max(x, min(y, 0))", apply("max", x, apply("min", y, zero))],
    ["tanh(x)^2", power(apply("tanh", x), n(2))],
    ["sigmoid(x)*leaky_relu(y)", mul(call("sigmoid", x), call("leaky_relu", y))],
    ["binary_cross_entropy(x, y)", call("binary_cross_entropy", x, y)],
    ["select(x + 1 < y, 1, -x)", select([add(x, n(1)), "<", y], n(1), neg(x))],
    ["select(x >= y, x, y)", select([x, ">=", y], x, y)],
    ["select(x = y, x, 0)", select([x, "=", y], x, zero)],
    ["sqrt(2/pi)", apply("sqrt", div(n(2), n(Math.PI)))],
    ["1.5 + .5 + 2. + 1e-3 + 2.5E+2", [1.5, 0.5, 2, 0.001, 250].map(n).reduce(add)],
  ])("%s is read by the usual precedence, operators of one rank from the left", (text, tree) => {
    expect(parseFormula(text, variables, namedFunction)).toEqual(tree);
  });

  test.each<[string, string]>([
    ["x − 2·y", "x - 2*y"],
    ["2 × x ÷ y", "2 * x / y"],
    ["2 ⋅ x", "2*x"],
    ["select(x ≤ y, x, y)", "select(x <= y, x, y)"],
    ["select(x ≥ y, x, y)", "select(x >= y, x, y)"],
    ["\n x\n + y\n", "x + y"],
  ])("%j is %j", (spelt, plain) => {
    const read = (text: string) => parseFormula(text, variables, namedFunction);
    expect(read(spelt)).toEqual(read(plain));
  });

  test("prints as it is read", () => {
    const text = "select(x ≤ 0, 0.01·x, −(x + y)^2/2)";
    const tree = parseFormula(text, variables, namedFunction);
    expect(formatExpression(tree)).toBe("select(x <= 0, 0.01·x, −(x + y)^2/2)");
  });
});

describe("an equation", () => {
  test("has new indices, which its right side reads", () => {
    const { target, indices, body } = line("z[n,j] = Σ_i W[j,i]·x[n,i] + b[j]");
    const [n, j] = indices;
    expect(indices).toEqual([
      { name: "n", extent: "rows" },
      { name: "j", extent: 2 },
    ]);
    expect(target).toEqual({ name: "z", shape: ["rows", 2], role: "computed" });

    const [sum, bias] = argumentsOf(body, "add") as [Reduction, Element];
    const [i] = sum.over;
    expect([sum.name, i]).toEqual(["sum", { name: "i", extent: 3 }]);
    const [weight, input] = argumentsOf(sum.body, "multiply") as [Element, Element];
    expect(indicesOf(weight)).toEqual([j, i]);
    expect(indicesOf(weight)[0]).toBe(j);
    expect(indicesOf(weight)[1]).toBe(i);
    expect(indicesOf(input)[0]).toBe(n);
    expect(indicesOf(bias)[0]).toBe(j);
  });

  test("binds an index of a sum anew, also where the left side has one of that name", () => {
    const { indices, body } = line("z[j] = Σ_j W[j]·Σ_j V[j] + U[j]");
    const [sum, outside] = argumentsOf(body, "add") as [Reduction, Element];
    const [weight, inner] = argumentsOf(sum.body, "multiply") as [Element, Reduction];
    expect(indicesOf(outside)[0]).toBe(indices[0]);
    expect(indicesOf(weight)[0]).toBe(sum.over[0]);
    expect(indicesOf(inner.body as Element)[0]).toBe(inner.over[0]);
    expect(new Set([indices[0], sum.over[0], inner.over[0]]).size).toBe(3);
  });

  test("lets a reduction reach to the end of its product", () => {
    const { body } = line("z[n] = 1/2·Σ_i x[n,i]·W[i]/3 − max_i x[n,i]^2");
    const [scaled, max] = argumentsOf(body, "subtract") as [Expression, Reduction];
    const [half, sum] = argumentsOf(scaled, "multiply") as [Expression, Reduction];
    expect(half).toEqual(div(number(1), number(2)));
    expect(formatExpression(sum.body)).toBe("x[n,i]·W[i]/3");
    expect([max.name, formatExpression(max.body)]).toEqual(["max", "x[n,i]^2"]);
  });

  test("takes a mean as the sum over the number of elements, N over the rows", () => {
    const { body } = line("C = mean_n mean_{i,j} x[n,i]·W[j]");
    const [outer, rows] = argumentsOf(body, "divide") as [Reduction, Expression];
    expect(rows).toEqual(scalar("N"));
    const [dividend, twos] = argumentsOf(outer.body, "divide");
    const [sum, threes] = argumentsOf(dividend!, "divide") as [Reduction, Expression];
    expect([threes, twos]).toEqual([number(3), number(2)]);
    expect(sum.over.map((i) => i.name)).toEqual(["i", "j"]);
  });

  test.each([
    ["z[n,j] = Σ_i W[j,i]·x[n,i] − 1", "z[n,j] = sum_i W[j,i]*x[n,i] - 1"],
    ["z[n,j] = Σ_{i,r} W[j,i,r]·x[n,i]", "z[n,j] = sum_{i, r} W[j,i,r] * x[n,i]"],
    ["z[n] = max_i x[n,i]   stabiliser", "z[n] = max_i x[n,i] stabilizer"],
    ["z[n,i] = x[n,i]   training", "z[n,i]=x[n,i] training"],
    ["z[n,i] = x[n,i]; a[n,i] = z", "z[n,i] = x[n,i]\r\n\r\n a[n,i] = z[n,i]\r\n"],
    ["z[n,i] = x[n,i] + 1", "# a comment\nz[n,i] = x[n,i] // another\n\t+ 1 # the end"],
    ["z[n,i] = x[n,i] + 1", "z[n,i]\n  = x[n,i]\n  + (\n  1\n)"],
    ["z[n,i] = x[n,i]·x[n,i]", "z[n,i] = x[n,i]*\n\n  x[n,\n i]"],
    ["a′[n,i] = x[n,i]; z[n] = Σ_i a′[n,i]", "a′[n,i] = x[n,i]; z[n] = Σ_i′ a′[n,i′]"],
    ["å2_x[n,i] = x[n,i]", "å2_x[n,i] = x[n,i]  "],
  ])("%j can be written %j", (one, other) => {
    const normal = (text: string) => normalForm(text).replaceAll("i′", "i");
    expect(normal(other)).toBe(normal(one));
  });

  test("may be marked, and keeps the mark in normal form", () => {
    expect(normalForm("m[n] = max_i x[n,i]   stabiliser")).toBe("m[n] = max_i x[n,i]   stabiliser");
    const [plain, marked] = parse("a[n,i] = x[n,i]\na[n,i] = 2*x[n,i]  training").equations;
    expect([plain?.training, marked?.training]).toEqual([undefined, true]);
    expect(marked?.target).toBe(plain?.target);
  });

  test("reads a bare name with the indices of the left side, or of it and the sums around", () => {
    expect(
      normalForm("z[n,j] = x[n,j]; a[n,j] = z*y; s[n] = Σ_j a; c[n] = s + Σ_j exp(z - s)"),
    ).toBe(
      [
        "z[n,j] = x[n,j]",
        "a[n,j] = z[n,j]·y[n,j]",
        "s[n] = Σ_j a[n,j]",
        "c[n] = Σ_j exp(z[n,j] − s[n]) + s[n]",
      ].join("\n"),
    );
  });

  test("reads a single number by its name, and writes a new one with empty brackets", () => {
    const { tensors } = parse("beta = alpha[]^2; z[n,i] = alpha*x[n,i] + beta");
    expect(tensors.get("alpha")).toEqual({ name: "alpha", shape: [], role: "parameter" });
    expect(tensors.get("beta")).toEqual({ name: "beta", shape: [], role: "computed" });
  });

  test("may assign, and then read what was there", () => {
    const { assigns, body, target } = line("v[i] ← 0.9·v[i] + g[i]");
    expect(assigns).toBe(true);
    const [scaled] = argumentsOf(body, "add");
    expect((argumentsOf(scaled!, "multiply")[1] as Element).tensor).toBe(target);
    expect(line("v[i] <- v").assigns).toBe(true);
    expect(normalForm("g[i] = v[i]; v[i] <- 2*v")).toBe("g[i] = v[i]\nv[i] = 2·v[i]");
  });

  test("may name a tensor as it names a sum, where that is an input or defined above", () => {
    expect(normalForm("max_t[n] = x[n,0]; z[n] = max_t[n]")).toBe(
      "max_t[n] = x[n,0]\nz[n] = max_t[n]",
    );
    const text = "z[n] = Σ_i mean_age[n,i]";
    const { tensors } = parseEquations(text, { ...vocabulary, inputs: ["mean_age"] });
    expect(tensors.get("mean_age")).toMatchObject({ role: "input", shape: ["rows", 3] });
  });

  test("may have letters of any script, with digits, marks and primes after them", () => {
    const tokens = "Ω2[ж′,ü]·x[n,ü] − sum_β b̂′[β,ж′]";
    const { equations, tensors } = parseEquations(`η[n,ж′] = Σ_ü ${tokens}`, {
      ...vocabulary,
      extents: { ж: 2, ü: 3, β: 4 },
    });
    expect(equations.map(({ indices }) => indices.map(({ name }) => name))).toEqual([["n", "ж′"]]);
    expect([...tensors].map(([name, { shape }]) => [name, shape])).toEqual([
      ["η", ["rows", 2]],
      ["Ω2", [2, 3]],
      ["x", ["rows", 3]],
      ["b̂′", [4, 2]],
    ]);
  });

  test("may not have a sum over what is no letter", () => {
    for (const name of ["sum_2", "sum_i_j", "sum_i2_", "max_i\u0302"])
      expect(() => parse(`z[n] = ${name} x[n,i]`), name).toThrow(NablaError);
  });

  test("may use any name, those of an object's own members too", () => {
    const names = ["constructor", "toString", "valueOf", "hasOwnProperty"];
    const text = names.map((name, i) => `h${i}[n,i] = ${name}[i]·x[n,i]`).join("\n");
    expect([...parse(text).tensors.keys()].filter((name) => names.includes(name))).toEqual(names);
  });
});

describe("places", () => {
  const placesOf = (text: string) => (line(text).body as Element).places;

  test("are sums of indices with whole factors", () => {
    const [, place] = placesOf("h[n,t,r] = x[n,2*t+r+1]");
    const [, t, r] = line("h[n,t,r] = x[n,2*t+r+1]").indices;
    const parts = [
      { index: t, factor: 2 },
      { index: r, factor: 1 },
    ];
    expect(place).toEqual({ kind: "affine", parts, offset: 1 });
    expect(placesOf("h[n,t] = x[n,3-t]")[1]).toMatchObject({ parts: [{ factor: -1 }], offset: 3 });
    expect(placesOf("h[n] = x[n,2]")[1]).toEqual({ kind: "affine", parts: [], offset: 2 });
  });

  test("may be elements of an integer input", () => {
    const { body, indices } = line("h[n,i] = E[id[n],i]");
    const [place] = (body as Element).places;
    const id = { name: "id", shape: ["rows"], role: "input", count: 5 };
    expect(place).toEqual({ kind: "lookup", element: element(id as Tensor, [indices[0]!]) });
  });
});

describe("a tensor that is not defined", () => {
  test.each<[string, string, Partial<Tensor>]>([
    ["z[n,j] = Σ_i W[j,i]·x[n,i]", "W", { role: "parameter", shape: [2, 3] }],
    ["z[n,j] = Σ_i W[j,i]·x[n,i]", "x", { role: "input", shape: ["rows", 3] }],
    ["z[n,t] = Σ_r K[t+r]·x[n,r]", "K", { role: "parameter", shape: [6] }],
    ["z[n,t] = Σ_r x[n,2*t+r]", "x", { role: "input", shape: ["rows", 9] }],
    ["z[n,t] = x[n,5-t]", "x", { role: "input", shape: ["rows", 6] }],
    ["z[n] = V[2]", "V", { role: "parameter", shape: [3] }],
    ["z[n,i] = E[id[n],i]", "E", { role: "parameter", shape: [5, 3] }],
    ["z[n,i] = E[id[n],i]", "id", { role: "input", shape: ["rows"], count: 5 }],
    ["z[n,j] = y", "y", { role: "input", shape: ["rows", 2] }],
  ])("by %s: what %s is follows from its first use", (text, name, expected) => {
    expect(parse(text).tensors.get(name)).toEqual({ name, ...expected });
  });

  test("may be read in part afterwards", () => {
    expect(normalForm("z[n,t] = Σ_r K[t+r]·x[n,r]; a[n,t] = K[t+1] + K[5-t] + K[0]")).toBe(
      "z[n,t] = Σ_r K[t+r]·x[n,r]\na[n,t] = K[t+1] + K[-t+5] + K[0]",
    );
  });
});

function argumentsOf(e: Expression, name: string): readonly Expression[] {
  expect(e).toMatchObject({ kind: "operation", name });
  return e.kind === "operation" ? e.arguments : [];
}

const indicesOf = (e: Element) =>
  e.places.map((place) => (place.kind === "affine" ? place.parts[0]?.index : undefined));

test("an input that is first named without indices has those of the left side and of the sums around", () => {
  const { tensors } = parseEquations("c[n] = Σ_k (W[k] − y)^2 + t", {
    extents: { k: 3 },
    inputs: ["y", "t"],
    scalars: [],
    functions: () => undefined,
  });
  expect(tensors.get("y")?.shape).toEqual(["rows", 3]);
  expect(tensors.get("t")?.shape).toEqual(["rows"]);
});
