import { describe, expect, test } from "vitest";
import { colourModel } from "../models.ts";
import { folderWith, nabla } from "../support.ts";

const check = (args: readonly string[], files?: Parameters<typeof folderWith>[0]) =>
  nabla(["check", ...args], { cwd: folderWith(files) });

/** The slope of s is wrongly left out: the gradient by z is 2(z³ − y)z², and should be three times that. */
const wrong = JSON.stringify({
  equations: `z[n,j] = sum_i W[j,i]*x[n,i]; s[n,j] = z[n,j]^2 stabiliser;
    C = 1/N*sum_n sum_j (z[n,j]*s[n,j] - y[n,j])^2`.replace("\n", " "),
  extents: { i: 2, j: 3 },
  ...{ inputs: "x", targets: "y", outputs: "z", cost: "C", precision: "float64" },
});

/** ∂C/∂W[i] = W[i], whatever the rows. */
const norm = JSON.stringify({
  equations: "a[n] = sum_i W[i]*x[n,i]; C = 1/2*sum_i W[i]^2 + 1/N*sum_n 0*a[n]",
  extents: { i: 2 },
  ...{ inputs: "x", outputs: "a", cost: "C", precision: "float64" },
});

describe("check", () => {
  test("a line for each parameter, and the verdict", async () => {
    const { code, stdout, stderr } = await check(["--layers", "2,3,1", "--cost", "huber"]);
    expect([code, stderr]).toEqual([0, ""]);
    const lines = stdout.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^worst of +derived +numeric +compiled +error +checked$/);
    expect(lines.slice(1, 5).map((line) => line.split("[")[0])).toEqual(["W1", "b1", "W2", "b2"]);
    expect(lines.slice(1, 5).every((line) => line.endsWith("all"))).toBe(true);
    expect(lines[6]).toBe("verdict   the gradients hold, at 5 random rows");
    expect(lines.every((line) => line.length <= 80)).toBe(true);
  });

  test("--json is the library's result", async () => {
    const { code, stdout } = await check(["m.st", "--json"], { "m.st": colourModel() });
    expect(code).toBe(0);
    const { passed, maxRelativeError, parameters, compiled } = JSON.parse(stdout);
    expect(passed).toBe(true);
    expect(maxRelativeError).toBeLessThan(1e-5);
    expect(compiled.maxRelativeError).toBeLessThan(1e-9);
    expect(parameters).toMatchObject([
      { name: "W1", shape: [2, 2], maxRelativeError: expect.any(Number) },
      { name: "b1", shape: [2], maxRelativeError: expect.any(Number) },
    ]);
  });

  test("gradients that are wrong by a factor of 3 fail it, by name: exit code 1", async () => {
    const files = { "wrong.json": wrong };
    const { code, stdout } = await check(["--equations", "wrong.json", "--json"], files);
    const { passed, parameters } = JSON.parse(stdout);
    expect([code, passed]).toEqual([1, false]);
    const { derived, numeric } = parameters[0].worst;
    expect(numeric / derived).toBeCloseTo(3, 5);
    const page = await check(["--equations", "wrong.json"], files);
    expect(page.code).toBe(1);
    expect(page.stdout).toMatch(/^W\[\d,\d\] .* all {2}differs$/m);
    expect(page.stdout).toContain("verdict   W: they do not hold, at 5 random rows\n");
  });

  test("--weights sets the parameters: ∂(½ΣW²)/∂W is W", async () => {
    const files = { "norm.json": norm, "w.json": '{ "W": [3, 3] }' };
    const args = ["--equations", "norm.json", "--weights", "w.json", "--json"];
    const { code, stdout } = await check(args, files);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).parameters[0].worst).toMatchObject({ derived: 3, compiled: 3 });
  });

  test("--seed draws other data and other parameters, the same each time", async () => {
    const run = async (seed: string) => (await check(["--layers", "2,2", "--seed", seed])).stdout;
    const one = await run("1");
    expect(await run("1")).toBe(one);
    expect(await run("2")).not.toBe(one);
    expect(await run("0")).toBe((await check(["--layers", "2,2"])).stdout);
  });

  test("where all gradients are 0, it says that this proves little", async () => {
    const { stdout } = await check(["--layers", "2,3,1", "--activation", "relu"]);
    expect(stdout).toContain("all gradients are 0 here, which proves little; take another --seed");
    const { stdout: sound } = await check(["--layers", "2,3,1"]);
    expect(sound).not.toContain("proves little");
  });

  test("elements at a kink are told, and not judged", async () => {
    const files = { "w.json": '{ "W1": [[0, 0], [0, 0]], "b1": [0, 0], "W2": [[1, 1]] }' };
    const args = ["--layers", "2,2,1", "--activation", "relu", "--output-activation", "identity"];
    const { code, stdout } = await check([...args, "--weights", "w.json"], files);
    expect(code).toBe(0);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(
      "kinks 6 elements not judged, where C has no derivative: z1[n,j] <= 0 changes there",
    );
    expect(stdout).toMatch(/^W1 +– +– +– /m);
  });
});

describe("check --claim", () => {
  const layers = ["--layers", "2,3,2"];

  test("one that holds: exit code 0", async () => {
    const claim = "delta2[k] = (a2[k] - y[k])*sigmoid'(z2[k])";
    const { code, stdout } = await check([...layers, "--claim", claim]);
    expect([code, stdout]).toEqual([
      0,
      `claim    ${claim}\nverdict  holds at 20 random points, for the cost of one row\n`,
    ]);
  });

  test("one that holds for distributions says so", async () => {
    const claim = "delta2[n,k] = (a2[n,k] - y[n,k])/N";
    const { code, stdout } = await check([...layers, "--cost", "cross-entropy", "--claim", claim]);
    expect(code).toBe(0);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(
      "for the cost C of a batch, where the y of each row add up to 1",
    );
  });

  test("one that does not: a counterexample, the slip and the formula; exit code 1", async () => {
    const args = [...layers, "--claim", "delta1[j] = sum_k W2[k,j]*delta2[k]"];
    const { code, stdout } = await check(args);
    expect(code).toBe(1);
    expect(stdout).toContain("verdict  does not hold, for the cost of one row\n");
    expect(stdout).toMatch(/^example {2}delta1\[\d\] is \S+, the claim says \S+, where W2\[/m);
    expect(stdout).toMatch(/^slip {5}missing σ′: /m);
    expect(stdout).toContain("right    delta1[j] = (Σ_k delta2[k]·W2[k,j])·sigmoid′(z1[j])\n");
  });

  test("--json: the claimed number is the derived one divided by σ′(z1)", async () => {
    const args = [...layers, "--claim", "delta1[j] = sum_k W2[k,j]*delta2[k]", "--json"];
    const { code, stdout } = await check(args);
    const { holds, points, counterexample, slip } = JSON.parse(stdout);
    expect([code, holds, points]).toEqual([1, false, 20]);
    const { claimed, values } = counterexample;
    const j = counterexample.element.slice(7, 8);
    const sum = [0, 1].reduce((s, k) => s + values[`W2[${k},${j}]`] * values[`delta2[${k}]`], 0);
    expect(claimed).toBeCloseTo(sum, 12);
    expect(Math.abs(counterexample.derived)).toBeLessThanOrEqual(Math.abs(claimed) / 4);
    expect(slip.name).toBe("missing σ′");
  });

  test("one of a function", async () => {
    const { code, stdout } = await check([...layers, "--claim", "sigmoid' = a*(1 - a)"]);
    expect([code, stdout]).toEqual([
      0,
      "claim    sigmoid' = a*(1 - a)\nverdict  holds at 20 random points\n",
    ]);
  });

  test("one that cannot be read: the place; exit code 64", async () => {
    const { code, stderr } = await check([...layers, "--claim", "delta2[k] = (a2[k] - y[k]"]);
    expect(code).toBe(64);
    expect(stderr).toContain('line 1, column 26: expected ")", got the end of the text\n');
  });
});

describe("check refuses", () => {
  test.each([
    ["", 64, "there is no network; name a model"],
    ["--layers 2,1 --claim x --weights w.json", 64, "--weights does not go with --claim, which"],
    ["--layers 2,1 --seed -1", 64, '--seed must be a whole number ≥ 0, got "-1"'],
    ["--layers 2,1 --weights none.json", 66, "none.json cannot be opened"],
    ["--layers 2,1 --weights w.json", 65, 'w.json: unknown parameter "W3"; did you mean "W1"?'],
    ["--layers 3,1 --weights v.json", 65, "v.json, W1[0]: expected 3 numbers, got 2"],
  ])("%s: exit code %i", async (args, expected, message) => {
    const files = { "w.json": '{ "W3": [] }', "v.json": '{ "W1": [[1, 2]] }' };
    const { code, stderr } = await check(
      args.split(" ").filter((a) => a !== ""),
      files,
    );
    expect(code).toBe(expected);
    expect(stderr).toContain(`nabla: ${message}`);
  });
});
