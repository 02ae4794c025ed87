import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  adam,
  lbfgs,
  loadModel,
  rmsprop,
  saveModel,
  sgd,
  stepDecay,
  type TableModel,
  type TableOptions,
  trainTable,
} from "nabla";
import { describe, expect, test } from "vitest";
import { readTable } from "../../src/tables/read-table.ts";
import { folderWith, nabla } from "../support.ts";

/** 50 rows of y = 2x + 1, with a class, a label of digits and what the row counts for. */
const rows = Array.from({ length: 50 }, (_, i) => [
  i,
  2 * i + 1,
  i < 25 ? "low" : "high",
  i % 2 ? "1" : "1.0",
  1 + (i % 3),
]);
const lines = `x,y,class,digits,w\n${rows.map((row) => row.join(",")).join("\n")}\n`;
const quick = ["--epochs", "3", "--hidden", "4"];

const model = (cwd: string, name = "t.safetensors") =>
  loadModel(readFileSync(join(cwd, name))) as TableModel;

/** What each flag is in the library, on a training with this target. */
const equivalents: readonly (readonly [target: string, flags: string, Partial<TableOptions>])[] = [
  ["y", "--ignore class,digits", { ignore: ["class", "digits"] }],
  ["y", "--ignore class --ignore digits", { ignore: ["class", "digits"] }],
  ["y", "--hidden 5,2", { hidden: [5, 2] }],
  ["y", "--hidden 0", { hidden: [] }],
  ["y", "--activation tanh", { activation: "tanh" }],
  ["y", "--cost huber", { cost: "huber" }],
  ["y", "--optimizer sgd", { optimizer: sgd() }],
  ["y", "--optimizer lbfgs", { optimizer: lbfgs() }],
  ["y", "--learning-rate 0.5", { optimizer: adam({ learningRate: 0.5 }) }],
  ["y", "--optimizer rmsprop --momentum 0.5", { optimizer: rmsprop({ momentum: 0.5 }) }],
  ["y", "--epochs 2", { epochs: 2 }],
  ["y", "--batch-size 7", { batchSize: 7 }],
  ["y", "--patience 1 --epochs 50", { patience: 1, epochs: 50 }],
  ["y", "--dropout 0.5", { dropout: 0.5 }],
  ["y", "--l1 0.1", { l1: 0.1 }],
  ["y", "--l2 0.1", { l2: 0.1 }],
  ["y", "--clip-norm 0.01 --optimizer sgd", { clipNorm: 0.01, optimizer: sgd() }],
  ["y", "--schedule step:every=1,factor=0.5", { schedule: stepDecay({ every: 1, factor: 0.5 }) }],
  ["y", "--seed 9", { seed: 9 }],
  ["y", "--precision float64", { precision: "float64" }],
  ["y", "--validation 0.1", { validation: 0.1 }],
  ["y", "--test 0.3", { test: 0.3 }],
  ["y", "--weight w", { weight: "w" }],
  ["class", "--label-smoothing 0.1", { labelSmoothing: 0.1 }],
  ["class", "--class-weight balanced --weight w", { classWeight: "balanced", weight: "w" }],
  ["class", "--class-weight low=3,high=0.5", { classWeight: { low: 3, high: 0.5 } }],
  ["x,y", "--epochs 2", { target: ["x", "y"], epochs: 2 }],
];

describe("each flag is an option of the library", () => {
  test.each(equivalents)("--target %s %s", async (target, flags, options) => {
    const cwd = folderWith({ "t.csv": lines });
    const train = async (...more: string[]) => {
      const args = [
        "train",
        "t.csv",
        "--target",
        target,
        "--epochs",
        "3",
        "--hidden",
        "4",
        ...more,
      ];
      expect(await nabla(args, { cwd })).toMatchObject({ code: 0 });
      return readFileSync(join(cwd, "t.safetensors"));
    };
    const written = await train(...flags.split(" "));
    const table = await readTable("t.csv", { cwd, stdin: process.stdin });
    const trained = await trainTable(table, { target, epochs: 3, hidden: [4], ...options });
    expect(written).toEqual(Buffer.from(saveModel(trained.model)));
    expect(written).not.toEqual(await train());
  });

  test("--backend and --reproducible, which change no more than bits", async () => {
    const cwd = folderWith({ "t.csv": lines });
    const args = ["train", "t.csv", "--target", "y", ...quick, "--json"];
    const run = async (...flags: string[]) =>
      JSON.parse((await nabla([...args, ...flags], { cwd })).stdout);
    expect((await run("--backend", "evaluate")).backend).toBe("evaluate");
    expect((await run("--backend", "wasm", "--threads", "1")).backend).toBe("wasm");

    await run("--reproducible");
    const table = await readTable("t.csv", { cwd, stdin: process.stdin });
    const options = { target: "y", epochs: 3, hidden: [4], reproducible: true };
    const { model: trained } = await trainTable(table, options);
    expect(readFileSync(join(cwd, "t.safetensors"))).toEqual(Buffer.from(saveModel(trained)));
  });

  test.each([
    ["--backend blas", "--backend blas cannot be honoured yet: networks run in WebAssembly"],
    ["--threads 2", "--threads 2 cannot be honoured yet: training runs in one thread"],
    ["--optimizer lbfgs --batch-size 8", "--batch-size does not go with lbfgs"],
    ["--optimizer rprop --schedule cosine", "--schedule does not go with rprop"],
    ["--schedule cosin", 'unknown schedule "cosin"; did you mean "cosine"?'],
    ["--class-weight yes", "--class-weight must be balanced, or weights such as yes=2,no=1"],
    ["--class-weight balanced", "--class-weight goes with classification, got regression"],
    ["--weight v", 't.csv has no column "v"'],
    ["--target z", 't.csv has no column "z"'],
    ["--cost poison", 'unknown cost "poison"; did you mean "poisson"?'],
  ])("%s, which cannot be honoured, is an error: exit code 64", async (flags, message) => {
    const cwd = folderWith({ "t.csv": lines });
    const args = ["train", "t.csv", "--target", "y", ...quick, ...flags.split(" ")];
    const { code, stderr } = await nabla(args, { cwd });
    expect([code, readdirSync(cwd)]).toEqual([64, ["t.csv"]]);
    expect(stderr).toContain(message);
  });
});

describe("the flags", () => {
  test("the defaults that the help names are those that hold", async () => {
    const cwd = folderWith({ "t.csv": lines });
    const { stdout: help } = await nabla(["train", "--help"], { cwd });
    const text = help.replaceAll(/\n {20,}/g, " ");
    const named = [...text.matchAll(/(--[\w-]+) <\w+> .*\(?default: ([\w.,-]+)/g)];
    const flags = named.flatMap(([, flag, value]) => (flag === "--out" ? [] : [flag!, value!]));
    expect(flags).toContain("--learning-rate");
    expect(flags).toHaveLength(2 * 18);

    const args = ["train", "t.csv", "--target", "class"];
    await nabla([...args, "--out", "implicit"], { cwd });
    await nabla([...args, "--out", "explicit", ...flags], { cwd });
    expect(readFileSync(join(cwd, "explicit"))).toEqual(readFileSync(join(cwd, "implicit")));
  });

  test("--hidden 0 has no hidden layer, and --learning-rate alone is adam's", async () => {
    const cwd = folderWith({ "t.csv": lines });
    const args = ["--target", "y", "--hidden", "0", "--learning-rate", "0.5", "--epochs", "1"];
    await nabla(["train", "t.csv", ...args], { cwd });
    expect(model(cwd).network.definition).toMatchObject({ layers: [{ units: 1 }] });
    expect(model(cwd).training.optimizer).toMatchObject({ rule: "adam", learningRate: 0.5 });
  });

  test("--momentum is an error where the optimiser has none", async () => {
    const cwd = folderWith({ "t.csv": lines });
    const args = ["train", "t.csv", "--target", "y", "--momentum", "0.5"];
    const { code, stderr } = await nabla(args, { cwd });
    expect(code).toBe(64);
    expect(stderr).toContain('unknown adam option "momentum"');
  });

  test("with --task classification the labels 1 and 1.0 are two classes", async () => {
    const cwd = folderWith({ "t.csv": lines });
    const args = ["train", "t.csv", "--target", "digits", "--task", "classification", ...quick];
    expect((await nabla(args, { cwd })).code).toBe(0);
    expect(model(cwd).schema.target).toMatchObject({ classes: ["1", "1.0"] });
  });

  test("whole numbers of few values need --task: exit code 64", async () => {
    const cwd = folderWith({ "t.csv": lines });
    const { code, stderr } = await nabla(["train", "t.csv", "--target", "digits"], { cwd });
    expect(code).toBe(64);
    expect(stderr).toContain("classification or regression");
  });

  test("--ignore leaves out a column that could not be read", async () => {
    const cwd = folderWith({
      "t.json": JSON.stringify(rows.map(([x, y]) => ({ x, y, parts: [x] }))),
    });
    const args = ["train", "t.json", "--target", "y", ...quick];
    expect((await nabla(args, { cwd })).code).toBe(65);
    expect((await nabla([...args, "--ignore", "parts"], { cwd })).code).toBe(0);
  });
});
