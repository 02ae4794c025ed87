import { describe, expect, test } from "vitest";
import { differentiate } from "../../src/equations/differentiate.ts";
import type { Equation, Term } from "../../src/equations/equation.ts";
import { plainIndex, type Tensor } from "../../src/equations/expression.ts";
import { formatEquation } from "../../src/equations/format.ts";
import type { EquationSystem, SystemText } from "../../src/equations/system.ts";
import { randomStream } from "../../src/train/random.ts";
import { dualGradient } from "../oracles/dual.ts";
import { knownLists } from "./known-lists.ts";
import {
  centralDifferences,
  type Derived,
  derive,
  derivedGradients,
  evaluateAt,
  forwardEquations,
  largest,
  pointAt,
  randomPoint,
  relativeError,
  systemOf,
} from "./points.ts";
import { tamePoint } from "./random-lists.ts";

type Numbers = readonly number[];

const one = { extents: { i: 4, j: 4 }, inputs: "x", outputs: "a", cost: "C" };

/** ∂C/∂θ by name at a point given by name; `a` only makes the list a system. */
function gradientsAt(
  equations: string,
  values: Readonly<Record<string, Numbers>>,
  extents: Readonly<Record<string, number>> = { i: 4 },
): Record<string, Numbers> {
  const text = `a[n] = x[n]\n${equations}`;
  const system = systemOf({ ...one, equations: text, extents });
  const point = pointAt(system, values.x?.length ?? 1, { x: [1], ...values });
  const gradients = derivedGradients(derive(system), point);
  return Object.fromEntries([...gradients].map(([{ name }, g]) => [name, [...g]]));
}

describe("the derived gradients agree with central differences and dual numbers for", () => {
  test.each(knownLists)("$name", ({ name: _, rows, ...text }) => {
    const system = systemOf(text);
    const derived = derive(system);
    for (const seed of [1, 2, 3]) {
      const point = tamePoint(system, rows, randomStream(seed, "split"))!;
      const gradients = derivedGradients(derived, point);
      const numeric = centralDifferences({ system }, point);
      const dual = dualGradient(system, "prediction", point).gradients;
      const steepest = largest([...dual.values()].map(largest));
      for (const [parameter, gradient] of gradients) {
        for (const [at, g] of gradient.entries()) {
          const n = numeric.get(parameter)![at]!;
          expect(Math.abs(g - n), parameter.name).toBeLessThanOrEqual(1e-5 + 1e-3 * Math.abs(n));
        }
        const error = relativeError(gradient, dual.get(parameter)!, steepest);
        expect(error, parameter.name).toBeLessThanOrEqual(1e-12);
      }
    }
  });
});

describe("at a tie", () => {
  test.each<[string, Numbers, Numbers]>([
    ["max_i v[i]", [2, 5, 5, 1], [0, 1 / 2, 1 / 2, 0]],
    ["max_i v[i]", [3, 3, 3, 1], [1 / 3, 1 / 3, 1 / 3, 0]],
    ["max_i v[i]", [0, 0, 0, -0], [1 / 4, 1 / 4, 1 / 4, 1 / 4]],
    ["max_i v[i]^2", [-2, 2, 1, 0], [-2, 2, 0, 0]],
    ["max_i (v[i] + v[0])", [2, 2, 1, 0], [1 / 2 + 1, 1 / 2, 0, 0]],
    ["max(v[0], v[1])", [2, 2, 7, 0], [1 / 2, 1 / 2, 0, 0]],
    ["min(v[0], v[1])", [2, 2, 7, 0], [1 / 2, 1 / 2, 0, 0]],
    ["max(v[0], v[0])", [2, 2, 7, 0], [1, 0, 0, 0]],
    ["max(max(v[0], v[1]), v[2])", [2, 2, 2, 0], [1 / 4, 1 / 4, 1 / 2, 0]],
    ["abs(v[0])", [0, 1, 1, 1], [0, 0, 0, 0]],
    ["3·sign(v[0])", [0, 1, 1, 1], [0, 0, 0, 0]],
    ["select(v[0] < 0, 2·v[0], 3·v[0])", [0, 1, 1, 1], [3, 0, 0, 0]],
    ["select(v[0] <= 0, 2·v[0], 3·v[0])", [0, 1, 1, 1], [2, 0, 0, 0]],
    ["select(v[0] > 0, 2·v[0], 3·v[0])", [0, 1, 1, 1], [3, 0, 0, 0]],
    ["select(v[0] >= 0, 2·v[0], 3·v[0])", [0, 1, 1, 1], [2, 0, 0, 0]],
    ["select(v[0] = v[1], v[2], v[3])", [4, 4, 1, 1], [0, 0, 1, 0]],
  ])("%s at v = [%s] has the gradient [%s]", (right, w, expected) => {
    expect(gradientsAt(`v[i] = w[i]\nC = ${right}`, { w })).toEqual({ w: expected });
  });

  test("overlapping windows of a maximum share what each of them passes back", () => {
    // p = [max(w0, w1), max(w1, w2), max(w2, w3)], C = 1·p0 + 10·p1 + 100·p2
    const equations = "v[s] = w[s]\np[t] = max_r v[t+r]\nC = p[0] + 10·p[1] + 100·p[2]";
    const extents = { s: 4, t: 3, r: 2 };
    const gradient = (w: Numbers) => gradientsAt(equations, { w }, extents).w;
    expect(gradient([3, 1, 2, 2])).toEqual([1, 0, 10 + 50, 50]);
    expect(gradient([1, 1, 1, 1])).toEqual([0.5, 0.5 + 5, 5 + 50, 50]);
  });

  test("what is not chosen adds nothing, even where its slope is infinite", () => {
    const equations = `
      v[i] = w[i]
      C = select(v[0] > 0, log(v[0]) + sqrt(v[0]), 0) + select(v[1] > 0, 1/v[1], v[1])`;
    expect(gradientsAt(equations, { w: [0, 0, 1, 1] })).toEqual({ w: [0, 1, 0, 0] });
    expect(gradientsAt(equations, { w: [-1, -1, 1, 1] })).toEqual({ w: [0, 1, 0, 0] });
    expect(gradientsAt(equations, { w: [4, 2, 1, 1] })).toEqual({ w: [0.5, -0.25, 0, 0] });
  });
});

describe("a parameter", () => {
  test("that is a single number has one slope: C = ½(αw − 3)², ∂C/∂α = (αw − 3)w", () => {
    const gradients = gradientsAt("C = 1/2·(alpha[]·w[] − 3)^2", { alpha: [2], w: [5] });
    expect(gradients).toEqual({ alpha: [35], w: [14] });
  });

  test("that the cost does not see has the gradient 0, and the slopes of the others stay", () => {
    const equations = "u[n] = Σ_i V[i]·x[n]\nC = Σ_n w[]·x[n]";
    expect(gradientsAt(equations, { x: [1, 10], V: [1, 2, 3, 4], w: [1] })).toEqual({
      V: [0, 0, 0, 0],
      w: [11],
    });
  });

  test("that only a condition or a stabiliser sees has the gradient 0", () => {
    const equations = `
      m[n] = max_i V[i]·x[n]   stabiliser
      C = Σ_n select(U[] > x[n], w[], 2·w[])·exp(x[n] − m[n])/exp(x[n] − m[n] + 0)`;
    const values = { x: [1, 10], V: [1, 2, 3, 4], U: [5], w: [1] };
    expect(gradientsAt(equations, values)).toEqual({ V: [0, 0, 0, 0], U: [0], w: [1 + 2] });
  });
});

describe("what is differentiated by may be computed or an input too", () => {
  test("as the deltas are: C = Σ_n z², z = w·x has ∂C/∂z = 2z, ∂C/∂x = 2zw", () => {
    const system = systemOf({ ...one, equations: "a[n] = w[]·x[n]\nC = Σ_n a[n]^2" });
    const forward = forwardEquations(system, "prediction");
    const [x] = system.inputs as [Tensor];
    const a = system.outputs;
    const { equations, gradients } = differentiate(forward, system.cost, [a, x]);
    expect(equations.map(formatEquation)).toEqual(["∂C/∂a[n] = 2·a[n]", "∂C/∂x[n] = ∂C/∂a[n]·w[]"]);
    const read = evaluateAt([...forward, ...equations], pointAt(system, 2, { x: [1, 3], w: [5] }));
    expect([...read(gradients.get(a)!)]).toEqual([10, 30]);
    expect([...read(gradients.get(x)!)]).toEqual([50, 150]);
  });
});

describe("the derived equations", () => {
  const derivedLines = (text: SystemText): string[] =>
    derive(systemOf(text)).equations.map(formatEquation);
  const withData = (equations: string, extents: Readonly<Record<string, number>>): SystemText => ({
    ...one,
    equations,
    extents,
    inputs: ["x", "id"].filter((name) => equations.includes(`${name}[`)),
  });

  test("of a classifier of two layers are those that one derives by hand", () => {
    const list = knownLists.find(({ name }) => name.startsWith("a classifier of two layers"))!;
    expect(derivedLines(list)).toEqual([
      "∂C/∂s[n] = Σ_k y[n,k]/(N·s[n])",
      "∂C/∂z2[n,k] = ∂C/∂s[n]·exp(z2[n,k] − m[n]) − y[n,k]/N", //          δ2, BP1
      "∂C/∂W2[k,j] = Σ_n ∂C/∂z2[n,k]·a1[n,j]", //                          BP4
      "∂C/∂b2[k] = Σ_n ∂C/∂z2[n,k]", //                                    BP3
      "∂C/∂a1[n,j] = Σ_k ∂C/∂z2[n,k]·W2[k,j]", //                          BP2
      "∂C/∂z1[n,j] = ∂C/∂a1[n,j]·(1 − a1[n,j]^2)", //                      δ1
      "∂C/∂W1[j,i] = Σ_n ∂C/∂z1[n,j]·x[n,i]", //                           BP4
      "∂C/∂b1[j] = Σ_n ∂C/∂z1[n,j]", //                                    BP3
    ]);
  });

  test("are named after the cost", () => {
    const equations = "a[n] = w[]·x[n]; loss = Σ_n a[n]^2";
    expect(derivedLines({ ...one, equations, cost: "loss" })).toEqual([
      "∂loss/∂a[n] = 2·a[n]",
      "∂loss/∂w = Σ_n ∂loss/∂a[n]·x[n]",
    ]);
  });

  test.each<[string, string, readonly string[]]>([
    [
      "an element whose places are different plain indices needs no scatter",
      "a[n,j] = Σ_i W[j,i]·W[i,j]·x[n,i]; C = Σ_n Σ_j a[n,j]",
      ["∂C/∂W[j,i] = Σ_n x[n,i]·W[i,j] + Σ_n x[n,j]·W[i,j]"],
    ],
    [
      "a diagonal is scattered, its first place solved",
      "a[n,i] = X[i,i]·x[n,i]; C = Σ_n Σ_i a[n,i]",
      ["∂C/∂X[i,i′] = Σ_n [i′ = i]·x[n,i]"],
    ],
    [
      "a sum of indices is scattered",
      "a[n,i] = Σ_j K[i+j]·x[n,j]; C = Σ_n Σ_i a[n,i]",
      ["∂C/∂K[p] = Σ_{n,i,j} [p = i+j]·x[n,j]"],
    ],
    [
      "a sum of indices of something else is read where it stands",
      "a[n,i] = Σ_j K[j]·x[n,i+j]; C = Σ_n Σ_i a[n,i]",
      ["∂C/∂K[j] = Σ_{n,i} x[n,i+j]"],
    ],
    [
      "an embedding is scattered over the rows",
      "a[n,i] = E[id[n],i]·x[n]; C = Σ_n Σ_i a[n,i]",
      ["∂C/∂E[p,i] = Σ_n [p = id[n]]·x[n]"],
    ],
    [
      "a single place is scattered",
      "a[n,i] = v[2]·x[n,i]; C = Σ_n Σ_i a[n,i]",
      ["∂C/∂v[p] = Σ_{n,i} [p = 2]·x[n,i]"],
    ],
    [
      "an index of the left side that does not stand in the element is summed over",
      "a[n,i] = b[]·x[n]; C = Σ_n Σ_i a[n,i]",
      ["∂C/∂b = Σ_{n,i} x[n]"],
    ],
    [
      "an adjoint that is only another tensor, or a number, is replaced by it",
      "u[n] = w[]·x[n]; v[n] = u[n]; a[n] = v[n]; C = Σ_n a[n]·x[n]",
      ["∂C/∂w = Σ_n x[n]^2"],
    ],
    [
      "of a parameter that the cost does not see says 0",
      "a[n] = x[n]; u[j] = V[j]; C = Σ_n a[n]",
      ["∂C/∂V[p] = 0"],
    ],
    [
      "a maximum counts its ties first",
      "a[n] = x[n]; C = max_i w[i]",
      ["ties(C) = Σ_i select(w[i] = C, 1, 0)", "∂C/∂w[i] = select(w[i] = C, 1/ties(C), 0)"],
    ],
  ])("%s", (_, equations, expected) => {
    expect(derivedLines(withData(equations, { i: 4, j: 4, id: 5 }))).toEqual(expected);
  });

  test.each(knownLists)("of $name keep only deltas that cannot be solved", (list) => {
    for (const { terms } of derive(systemOf(list)).equations) {
      for (const { over, where } of terms) {
        for (const { place } of where) {
          const index = plainIndex(place);
          expect(index !== undefined && over.includes(index)).toBe(false);
        }
      }
    }
  });

  test.each(knownLists)("of $name list no adjoint that is only another tensor", (list) => {
    const { equations, gradients } = derive(systemOf(list));
    const asked = new Set(gradients.values());
    for (const { target, terms } of equations) {
      const [first] = terms;
      const copies =
        terms.length === 1 &&
        first?.over.length === 0 &&
        first.where.length === 0 &&
        first.body.kind === "element";
      expect(copies && !asked.has(target), target.name).toBe(false);
    }
  });

  test.each(knownLists)("of $name are in an order in which they can be computed", (list) => {
    const system = systemOf(list);
    const { forward, equations } = derive(system);
    const known = new Set([...forward.map((e) => e.target), ...equations.map((e) => e.target)]);
    const point = randomPoint(system, list.rows, randomStream(4, "split"));
    const all = evaluateAt([...forward, ...equations], point);
    const twice = evaluateAt([...forward, ...equations, ...equations], point);
    for (const tensor of known) expect(twice(tensor)).toEqual(all(tensor));
    expect(known.size).toBe(forward.length + equations.length);
  });
});

describe("the trace of the derivation", () => {
  /** Each contribution as it is stated, solved and simplified, as equations of their own. */
  function tracedEquations({ adjoints }: Derived) {
    return adjoints.flatMap(({ equation, contributions }) => {
      const of = (term: Term): Equation => newEquation(equation, [term]);
      return contributions.map(({ stated, solved, result }) => ({
        stated: of(stated),
        solved: of(solved),
        result: of(result),
      }));
    });
  }

  const newEquation = (equation: Equation, terms: readonly Term[]): Equation => ({
    ...equation,
    target: { ...equation.target },
    terms,
  });

  const cases = knownLists.map(({ name, rows, ...text }) => ({ name, rows, text }));

  test.each(cases)(
    "of $name: stated, solved and simplified are the same number",
    ({ rows, text }) => {
      const system = systemOf(text);
      const derived = derive(system);
      const traced = tracedEquations(derived);
      const point = randomPoint(system, rows, randomStream(5, "split"));
      const all = traced.flatMap(({ stated, solved, result }) => [stated, solved, result]);
      const read = evaluateAt([...derived.forward, ...derived.equations, ...all], point);
      expect(traced.length).toBeGreaterThan(0);
      for (const { stated, solved, result } of traced) {
        const expected = read(stated.target);
        expect(largest(expected)).toBeGreaterThan(0);
        expect(relativeError(read(solved.target), expected)).toBeLessThanOrEqual(1e-12);
        expect(relativeError(read(result.target), expected)).toBeLessThanOrEqual(1e-12);
      }
    },
  );

  test.each(cases)("of $name: the contributions add up to the adjoint", ({ rows, text }) => {
    const system = systemOf(text);
    const derived = derive(system);
    const pairs = derived.adjoints.map(({ equation, contributions }) => ({
      adjoint: newEquation(equation, equation.terms), //  those that are replaced are not listed
      sum: newEquation(
        equation,
        contributions.map((contribution) => contribution.stated),
      ),
    }));
    const all = pairs.flatMap(({ adjoint, sum }) => [adjoint, sum]);
    const point = randomPoint(system, rows, randomStream(6, "split"));
    const read = evaluateAt([...derived.forward, ...derived.equations, ...all], point);
    for (const { adjoint, sum } of pairs) {
      expect(relativeError(read(adjoint.target), read(sum.target))).toBeLessThanOrEqual(1e-12);
    }
  });

  test("names the equation, the element, the local slope and the rules that gave it", () => {
    const equations = "a[n] = tanh(w[]·x[n])\nC = Σ_n a[n]";
    const { adjoints } = derive(systemOf({ ...one, equations }));
    const [ofA, ofW] = adjoints;
    expect(adjoints.map(({ of, replaced }) => [of.name, replaced])).toEqual([
      ["a", true],
      ["w", false],
    ]);
    expect(ofA?.contributions[0]).toMatchObject({ local: { kind: "number", value: 1 } });
    const [contribution] = ofW!.contributions;
    expect(formatEquation(contribution!.through)).toBe("a[n] = tanh(w[]·x[n])");
    expect(contribution?.occurrence.tensor.name).toBe("w");
    expect(contribution?.steps.map(({ rule }) => rule)).toEqual(["multiply", "tanh"]);
    const line = (term: Term) => formatEquation({ ...ofW!.equation, terms: [term] });
    expect(line(contribution!.stated)).toBe("∂C/∂w = Σ_n 1·(1 − a[n]^2)·x[n]");
    expect(line(contribution!.result)).toBe("∂C/∂w = Σ_n (1 − a[n]^2)·x[n]");
  });
});

describe("an equation marked stabiliser", () => {
  const marked = knownLists.filter(({ equations }) => equations.includes("stabiliser"));
  const unmark = (list: readonly Equation[]): Equation[] =>
    list.map(({ stabiliser: _, ...equation }) => equation);

  test.each(marked)("in $name does not act on the cost: ∂C/∂m is 0", (list) => {
    const system = systemOf(list);
    const forward = unmark(forwardEquations(system, "prediction"));
    const m = forward.find(({ target }) => target.name === "m")!.target;
    const { equations, gradients } = differentiate(forward, system.cost, [m, ...system.parameters]);
    const point = randomPoint(system, list.rows, randomStream(7, "split"));
    const read = evaluateAt([...forward, ...equations], point);
    const all = [...gradients].filter(([tensor]) => tensor !== m).map(([, g]) => largest(read(g)));
    expect(
      relativeError(read(gradients.get(m)!), new Float64Array(read(m).length), largest(all)),
    ).toBeLessThanOrEqual(1e-15);
  });

  test.each(marked)("in $name is skipped, and the gradients are the same", (list) => {
    const system = systemOf(list);
    const skipped = derive(system);
    const forward = unmark(skipped.forward);
    const whole: Derived = { forward, ...differentiate(forward, system.cost, system.parameters) };
    expect(skipped.equations.some(({ target }) => target.name === "∂C/∂m")).toBe(false);
    expect(whole.equations.some(({ target }) => target.name === "∂C/∂m")).toBe(true);
    const point = randomPoint(system, list.rows, randomStream(8, "split"));
    const expected = derivedGradients(whole, point);
    for (const [parameter, gradient] of derivedGradients(skipped, point)) {
      expect(relativeError(gradient, expected.get(parameter)!)).toBeLessThanOrEqual(1e-12);
    }
  });
});

describe("an equation marked training", () => {
  const system: EquationSystem = systemOf({
    ...one,
    equations: `
      h[n] = w[]·x[n]
      h[n] = w[]·x[n]·d[n]   training
      a[n] = h[n] + v[]      training
      a[n] = h[n]
      C = Σ_n a[n]^2`,
    masks: { d: 0.5 },
  });
  const point = pointAt(system, 2, { x: [1, 3], d: [2, 0], w: [5], v: [7] });
  const at = (phase: "prediction" | "training") => {
    const derived = derive(system, phase);
    const read = evaluateAt([...derived.forward, ...derived.equations], point);
    const gradients = [...derived.gradients].map(([{ name }, g]) => [name, read(g)[0]]);
    return { cost: read(system.cost)[0], gradients: Object.fromEntries(gradients) };
  };

  test("holds in training, in the place of the other", () => {
    // h = [10, 0], a = [17, 7]: C = 289 + 49, ∂C/∂w = 2·17·1·2, ∂C/∂v = 2·(17 + 7)
    expect(at("training")).toEqual({ cost: 338, gradients: { w: 68, v: 48 } });
  });

  test("is not there in prediction", () => {
    // a = h = [5, 15]: C = 25 + 225, ∂C/∂w = 2·(5·1 + 15·3)
    expect(at("prediction")).toEqual({ cost: 250, gradients: { w: 100, v: 0 } });
  });

  test("is marked in all that its normal form splits it into", () => {
    const equations = `
      a[n] = x[n]
      a[n] = tanh(max_i W[i]·x[n])   training
      C = Σ_n a[n]`;
    const lists = systemOf({ ...one, equations }).equations.map(formatEquation);
    expect(lists).toEqual([
      "a[n] = x[n]",
      "a_of[n,i] = W[i]·x[n]   training",
      "a_max[n] = max_i a_of[n,i]   training",
      "a[n] = tanh(a_max[n])   training",
      "C = Σ_n a[n]",
    ]);
  });
});
