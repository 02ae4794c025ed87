import { dense, network, saveModel } from "nabla";
import { describe, expect, test } from "vitest";
import { priceModel } from "../models.ts";
import { folderWith, memory, nabla } from "../support.ts";

const derive = (args: readonly string[], files?: Parameters<typeof folderWith>[0]) =>
  nabla(["derive", ...args], { cwd: folderWith(files) });

const equations = {
  equations: "a[n,j] = sum_i W[j,i]*x[n,i]; C = 1/N*sum_n sum_j (a[n,j] - y[n,j])^2",
  extents: { i: 2, j: 3 },
  ...{ inputs: "x", targets: "y", outputs: "a", cost: "C" },
};
const json = JSON.stringify(equations);

interface Step {
  readonly section: string;
  readonly target: string;
  readonly text: string;
  readonly verified: { readonly points: number; readonly maxError: number };
}

const stepsOf = async (...args: readonly string[]): Promise<readonly Step[]> => {
  const { code, stdout, stderr } = await derive([...args, "--json"]);
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout).equations;
};

const lastOf = (steps: readonly Step[], target: string): string | undefined =>
  steps.findLast((step) => step.target === target)?.text;

describe("derive", () => {
  test("prints a page of 80 columns that ends in the gradients", async () => {
    const { code, stdout, stderr } = await derive(["--layers", "2,3,1", "--activation", "tanh"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.split("\n")[0]).toBe("The gradients of a 2-3-1 network");
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    const summary = stdout.slice(stdout.indexOf("Summary"));
    expect(summary).toContain("δ²[n,k]     = (a²[n,k] − y[n,k])·(1 − a²[n,k]²)/N\n");
    expect(summary).toContain("∂C/∂W¹[j,i] = Σ_n δ¹[n,j]·x[n,i]\n");
  });

  test("a terminal's width is used", async () => {
    const { stream, text } = memory({ isTTY: true });
    Object.assign(stream, { columns: 50, rows: 24 });
    await nabla(["derive", "--layers", "1,1"], { cwd: "/", stdout: stream });
    expect(
      Math.max(
        ...text()
          .split("\n")
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(50);
  });

  test("--json gives every step with its rule, its reason and its proof", async () => {
    const { stdout } = await derive(["--layers", "2,1", "--json"]);
    const { sections, equations } = JSON.parse(stdout);
    expect(sections[0].title).toBe("Forward");
    expect(equations[0]).toEqual({
      ...{ section: "Forward", chain: 0, target: "z1", indices: ["n", "j"], shape: ["rows", 1] },
      text: "z¹[n,j] = Σ_i W¹[j,i]·x[n,i] + b¹[j]",
      latex: {
        index: "z^{1}_{nj} = \\sum_{i} W^{1}_{ji} \\, x_{ni} + b^{1}_{j}",
        matrix: "Z^{1} = X \\, (W^{1})^{\\mathsf{T}} + \\mathbf{1} \\, (b^{1})^{\\mathsf{T}}",
      },
      ...{ rule: "definition", reason: expect.any(String) },
      verified: { points: expect.any(Number), maxError: expect.any(Number) },
    });
    for (const { verified } of equations as Step[]) {
      expect(verified.points).toBeGreaterThanOrEqual(3);
      expect(verified.maxError).toBeLessThan(1e-9);
    }
  });

  test("outputs have the cost's link, or the activation", async () => {
    const linked = await stepsOf("--layers", "2,2", "--cost", "binary-cross-entropy");
    expect(lastOf(linked, "δ1")).toBe("δ¹[n,j] = (a¹[n,j] − y[n,j])/N");
    const own = await stepsOf("--layers", "2,2", "--activation", "tanh");
    expect(lastOf(own, "a1")).toBe("a¹[n,j] = tanh(z¹[n,j])");
    const apart = await stepsOf(
      ...["--layers", "2,2,2", "--activation", "tanh", "--output-activation", "identity"],
    );
    expect(lastOf(apart, "δ2")).toBe("δ²[n,k] = (a²[n,k] − y[n,k])/N");
    expect(apart.find(({ target }) => target === "a1")?.text).toBe("a¹[n,j] = tanh(z¹[n,j])");
  });

  test("--optimizer ends it with the update", async () => {
    const steps = await stepsOf("--layers", "1,1", "--optimizer", "sgd");
    expect(steps.at(-1)?.text).toBe("θ[p] = θ[p] − η·g[p]");
    const plain = await stepsOf("--layers", "1,1");
    expect(plain.at(-1)?.section).toBe("Summary, right to left");
  });

  test.each([
    ["latex", /^\\documentclass[\s\S]*\\end\{document\}\n$/],
    ["markdown", /^# The gradients of a 1-1 network\n/],
    ["html", /^<!doctype html>[\s\S]*<\/html>\n$/],
  ])("--format %s is a whole page", async (format, page) => {
    const { code, stdout } = await derive(["--layers", "1,1", "--format", format]);
    expect(code).toBe(0);
    expect(stdout).toMatch(page);
  });

  test("--notation matrix writes X Wᵀ", async () => {
    const { stdout } = await derive(["--layers", "2,1", "--notation", "matrix"]);
    expect(stdout).toContain("  Z¹ = X W¹ᵀ + 1 b¹ᵀ ");
  });

  test("derives a model, a bare network and equations of one's own", async () => {
    const net = network({ inputs: 2, layers: [dense(1, "exp")], cost: "poisson" });
    const files = { "price.st": priceModel(), "net.st": saveModel(net), "own.json": json };
    const price = await derive(["price.st"], files);
    expect(price.stdout).toContain("The gradients of price.st\n");
    expect(price.stdout).toContain("To be learned: W¹ [1, 5], b¹ [1].\n");
    expect((await derive(["net.st"], files)).stdout).toContain("a¹[n,j] = exp(z¹[n,j])\n");
    const own = await derive(["--equations", "own.json"], files);
    expect(own.stdout).toContain("∂C/∂W[j,i] = ");
  });
});

/** The example that is printed most: two inputs, two hidden units, two outputs, η = ½. */
const example = {
  "w.json": `{ "W1": [[0.15, 0.2], [0.25, 0.3]], "b1": [0.35, 0.35],
               "W2": [[0.4, 0.45], [0.5, 0.55]], "b2": [0.6, 0.6] }`,
};
const exampleFlags = [
  ...["--layers", "2,2,2", "--cost", "squared-error", "--weights", "w.json"],
  ...["--row", "0.05,0.10 -> 0.01,0.99"],
];

describe("derive --row", () => {
  test("works a row through: forward, backward, and the update", async () => {
    const flags = [...exampleFlags, "--learning-rate", "0.5"];
    const { code, stdout, stderr } = await derive(flags, example);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^One row through a 2-2-2 network\n/);
    expect(stdout).toContain("z¹[0] = W¹[0,0]·x[0] + W¹[0,1]·x[1] + b¹[0]\n");
    expect(stdout).toContain("= 0.15·0.05 + 0.2·0.1 + 0.35\n");
    expect(stdout).toContain("= 0.3775\n");
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test("--json has the printed numbers, with the biases moving or frozen", async () => {
    const flags = [...exampleFlags, "--learning-rate", "0.5", "--json"];
    const moving = JSON.parse((await derive(flags, example)).stdout).worked;
    const { stdout } = await derive([...flags, "--freeze", "b1,b2"], example);
    const frozen = JSON.parse(stdout).worked;
    for (const { cost, gradients, updated } of [moving, frozen]) {
      expect(cost.before).toBeCloseTo(0.298371109, 9);
      expect(gradients.W2[0]).toBeCloseTo(0.082167041, 9);
      expect(updated.W2[0]).toBeCloseTo(0.35891648, 8);
      expect(updated.W1[0]).toBeCloseTo(0.149780716, 9);
    }
    expect(moving.updated.b2[0]).toBeCloseTo(0.6 - 0.5 * 0.138498562, 9);
    expect([frozen.updated.b1, frozen.updated.b2]).toEqual([
      [0.35, 0.35],
      [0.6, 0.6],
    ]);
    const [first] = JSON.parse(stdout).equations;
    expect(first.text).toBe("z¹[n,j] = Σ_i W¹[j,i]·x[n,i] + b¹[j]");
  });

  test("--weight shows the one path: δ1[0]·x[1], which is a hundredth of 0.0877…", async () => {
    const { stdout } = await derive([...exampleFlags, "--weight", "W1[0,1]"], example);
    expect(stdout).toContain("From c back to W¹[0,1]\n");
    expect(stdout).toMatch(/= 0\.000877135\n$/);
    expect(stdout).not.toContain("←");
  });

  test.each([
    ["--weight W1[0,2]", "weight must be an element from W1[0,0] to W1[1,1], got W1[0,2]"],
    ["--freeze b3", 'unknown parameter to freeze "b3"; did you mean "b1"? known: W1, b1, W2, b2'],
    ["--weight W1[0,1] --freeze b1", "--freeze does not go with --weight, which has no update"],
    ["--notation matrix", "--notation does not go with --row"],
    ["--learning-rate -1", '--learning-rate must be a number ≥ 0, got "-1"'],
  ])("%s: exit code 64", async (args, message) => {
    const { code, stderr } = await derive([...exampleFlags, ...args.split(" ")], example);
    expect(code).toBe(64);
    expect(stderr).toContain(`nabla: ${message}`);
  });

  test.each(["--weights w.json", "--weight W1[0,1]", "--freeze b1"])(
    "%s without it: exit code 64",
    async (args) => {
      const { code, stderr } = await derive(["--layers", "2,2", ...args.split(" ")], example);
      expect(code).toBe(64);
      expect(stderr).toContain(`${args.split(" ")[0]} needs --row; name the numbers of a row`);
    },
  );

  test.each([
    ["1 -> 3,4", 65, "inputs, row 0: expected 2 numbers, got 1"],
    ["1,2", 64, "this cost needs targets"],
    ["1,x -> 3,4", 64, "must have a finite number as value 2 of the inputs"],
  ])("a row %s that does not fit: exit code %i", async (row, expected, message) => {
    const { code, stderr } = await derive(["--layers", "2,2", "--row", row]);
    expect(code).toBe(expected);
    expect(stderr).toContain(message);
  });
});

describe("derive refuses", () => {
  test.each([
    ["", "there is no network; name a model, or give --layers 2,3,1 or --equations <file>"],
    ["--layers 2", "--layers must be the numbers of inputs, hidden units and outputs, such as"],
    ["--layers 2,0,1", "--layers must be the numbers of inputs"],
    ["--layers 2,1 --equations o.json", "--equations does not go with --layers; leave one out"],
    ["m.st --layers 2,1", "--layers does not go with a model; leave one out"],
    ["m.st --cost huber", "--cost goes with --layers, got a model; leave one out"],
    ["--layers 2,1 --activation sigmod", 'unknown activation "sigmod"; did you mean "sigmoid"?'],
    ["--layers 2,1 --cost hubr", 'unknown cost "hubr"; did you mean "huber"?'],
    [
      "--layers 2,1 --cost poisson --output-activation relu",
      "--cost poisson goes with --output-activation exp, got relu; leave it out",
    ],
    ["--layers 2,1 --optimizer lbfgs", "--optimizer must be one of sgd, rmsprop, adagrad, adam,"],
    ["--layers 2,1 --format pdf", "--format must be one of text, latex, markdown, html, json"],
    ["--layers 2,1 --format json --notation matrix", "--notation does not go with JSON"],
  ])("%s: exit code 64", async (args, message) => {
    const { code, stdout, stderr } = await derive(args.split(" ").filter((arg) => arg !== ""));
    expect([code, stdout]).toEqual([64, ""]);
    expect(stderr).toContain(message);
  });

  test("--format text with --json", async () => {
    const { code, stdout } = await derive(["--layers", "2,1", "--json", "--format", "text"]);
    expect(code).toBe(64);
    expect(JSON.parse(stdout).error.message).toContain("--format text does not go with --json");
  });

  test.each([
    ["{", "own.json, byte 1: expected a string, got the end of the text"],
    ['{"equations": "a"}', "own.json: expected the fields equations, extents, inputs, outputs"],
    [JSON.stringify({ ...equations, cost: "D" }), 'own.json: unknown cost "D"'],
    [json.replace("W[j,i]*x", "W[j,i]*u"), "own.json: line 1, column"],
  ])("a file of equations that is none, %s: exit code 65", async (text, message) => {
    const { code, stderr } = await derive(["--equations", "own.json"], { "own.json": text });
    expect(code).toBe(65);
    expect(stderr).toContain(`nabla: ${message}`);
  });

  test("equations with a stabiliser on which the cost depends: exit code 64", async () => {
    const marked = equations.equations.replace("C =", "m[n] = max_j a[n,j] stabiliser; C =");
    const text = JSON.stringify({ ...equations, equations: `${marked} + 1/N*sum_n 6*m[n]` });
    const args = ["--equations", "own.json", "--json"];
    const { code, stdout } = await derive(args, { "own.json": text });
    expect(code).toBe(64);
    const { error } = JSON.parse(stdout);
    expect(error).toMatchObject({ where: "m[n] = max_j a[n,j]", got: "∂C/∂m[0] = 2" });
  });

  test.each([[["none.st"]], [["--equations", "none.json"]]])(
    "%s, which is not there: exit code 66",
    async (args) => {
      const { code, stderr } = await derive(args);
      expect(code).toBe(66);
      expect(stderr).toContain(`nabla: ${args.at(-1)} cannot be opened`);
    },
  );
});
