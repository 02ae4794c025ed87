import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { loadModel, predictTable, type TableModel, trainTable } from "nabla";
import { describe, expect, test } from "vitest";
import { readTable } from "../../src/tables/read-table.ts";
import { folderWith, memory, nabla } from "../support.ts";

/** 50 rows of y = 2x + 1, with a class and a label of digits. */
const rows = Array.from({ length: 50 }, (_, i) => [
  i,
  2 * i + 1,
  i < 25 ? "low" : "high",
  i % 2 ? "1" : "1.0",
]);
const lines = `x,y,class,digits\n${rows.map((row) => row.join(",")).join("\n")}\n`;
const quick = ["--epochs", "3", "--hidden", "4"];

const model = (cwd: string, name = "t.safetensors") =>
  loadModel(readFileSync(join(cwd, name))) as TableModel;

describe("the report", () => {
  test("--json prints what the library reports, and the model's path", async () => {
    const cwd = folderWith({ "t.csv": lines });
    const args = ["train", "t.csv", "--target", "y", "--ignore", "class,digits", ...quick];
    const { code, stdout } = await nabla([...args, "--seed", "5", "--l2", "0.01", "--json"], {
      cwd,
    });
    expect(code).toBe(0);

    const table = await readTable("t.csv", { cwd, stdin: process.stdin });
    const { report } = await trainTable(table, {
      target: "y",
      ignore: ["class", "digits"],
      ...{ epochs: 3, hidden: [4], seed: 5, l2: 0.01 },
    });
    const untimed = { seconds: expect.any(Number), samplesPerSecond: expect.any(Number) };
    expect(JSON.parse(stdout)).toEqual({
      ...{ ...JSON.parse(JSON.stringify(report)), ...untimed },
      model: "t.safetensors",
    });
    expect(report.rows).toEqual({ train: 30, validation: 10, test: 10 });
  });

  test("people read the metrics beside the baselines, and what to do next", async () => {
    const cwd = folderWith({ "my table.csv": lines });
    const args = ["train", "my table.csv", "--target", "class", ...quick];
    const { code, stdout, stderr } = await nabla(args, { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain("class in my table.csv: classification, 2 classes");
    expect(stdout).toMatch(
      /on the test rows +this network +without hidden layers +always the same answer\naccuracy( +[\d.]+){3}\nbalancedAccuracy( +[\d.]+){3}\nlogLoss /,
    );
    expect(stdout).toContain("  nabla predict 'my table.safetensors' new.csv\n");
    expect(stderr).toMatch(/^epoch 3 {3}cost [\d.]+ {3}validation [\d.]+ {3}[\d.]+ s\n$/);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test("colours are for terminals without NO_COLOR", async () => {
    const cwd = folderWith({ "t.csv": lines });
    const output = async (isTTY: boolean, env: Record<string, string>) => {
      const stdout = memory({ isTTY });
      const args = ["train", "t.csv", "--target", "class", ...quick];
      await nabla(args, { cwd, env, stdout: stdout.stream });
      return stdout.text().includes("\u001b[");
    };
    expect(await output(true, {})).toBe(true);
    expect(await output(true, { NO_COLOR: "1" })).toBe(false);
    expect(await output(false, {})).toBe(false);
  });
});

describe("the flags", () => {
  test("each reaches the network, the training or the split", async () => {
    const cwd = folderWith({ "t.csv": lines });
    const flags = {
      ...{ "--hidden": "5,2", "--activation": "tanh", "--cost": "huber", "--precision": "float64" },
      ...{ "--optimizer": "sgd", "--learning-rate": "0.02", "--momentum": "0.5", "--seed": "9" },
      ...{ "--epochs": "4", "--batch-size": "7", "--l1": "0.001", "--l2": "0.002" },
      ...{ "--validation": "0.1", "--test": "0.3", "--task": "regression", "--patience": "2" },
      ...{ "--ignore": "class,digits", "--out": "m.safetensors" },
    };
    const { code } = await nabla(
      ["train", "t.csv", "--target", "y", ...Object.entries(flags).flat()],
      { cwd },
    );
    expect(code).toBe(0);
    const { network, schema, training } = model(cwd, "m.safetensors");
    expect(network.definition).toMatchObject({
      layers: [
        { units: 5, activation: "tanh" },
        { units: 2, activation: "tanh" },
        { units: 1, activation: "identity" },
      ],
      ...{ cost: "huber", precision: "float64", seed: 9, l1: 0.001, l2: 0.002 },
    });
    expect(schema.features.map(({ name }) => name)).toEqual(["x"]);
    expect(training).toMatchObject({
      optimizer: { rule: "sgd", learningRate: 0.02, momentum: 0.5 },
      ...{ batchSize: 7, seed: 9, rows: { train: 30, validation: 5, test: 15 } },
    });
  });

  test("the defaults that the help names are those that hold", async () => {
    const cwd = folderWith({ "t.csv": lines });
    const { stdout: help } = await nabla(["train", "--help"], { cwd });
    const text = help.replaceAll(/\n {20,}/g, " ");
    const named = [...text.matchAll(/(--[\w-]+) <\w+> .*\(?default: ([\w.,-]+)/g)];
    const flags = named.flatMap(([, flag, value]) => (flag === "--out" ? [] : [flag!, value!]));
    expect(flags).toContain("--learning-rate");
    expect(flags).toHaveLength(2 * 14);

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

describe("the file", () => {
  test("the model that is written predicts as the one that was trained", async () => {
    const cwd = folderWith({ "t.csv": lines });
    await nabla(["train", "t.csv", "--target", "y", ...quick], { cwd });
    const table = await readTable("t.csv", { cwd, stdin: process.stdin });
    const { model: trained } = await trainTable(table, { target: "y", epochs: 3, hidden: [4] });
    expect(predictTable(model(cwd), table)).toEqual(predictTable(trained, table));
  });

  test("where it cannot be created, nothing is trained: exit code 73", async () => {
    const cwd = folderWith({ "t.csv": lines });
    const args = ["train", "t.csv", "--target", "y", "--out", "none/m.safetensors"];
    const { code, stderr } = await nabla(args, { cwd });
    expect(code).toBe(73);
    expect(stderr).toBe("nabla: none/m.safetensors cannot be created: no such file or directory\n");
  });

  test("it never replaces the table", async () => {
    const cwd = folderWith({ "t.csv": lines });
    const args = ["train", "t.csv", "--target", "y", "--out", "t.csv"];
    expect((await nabla(args, { cwd })).code).toBe(64);
    expect(readFileSync(join(cwd, "t.csv"), "utf8")).toBe(lines);
  });

  test("a table that cannot be trained on leaves the old model as it is", async () => {
    const cwd = folderWith({ "t.csv": lines, "t.safetensors": "old" });
    expect((await nabla(["train", "t.csv", "--target", "z"], { cwd })).code).toBe(64);
    expect(readFileSync(join(cwd, "t.safetensors"), "utf8")).toBe("old");
    expect(readdirSync(cwd).sort()).toEqual(["t.csv", "t.safetensors"]);
  });
});

describe("an interruption", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ])("by %s keeps what was learnt, and ends with exit code %i", async (reason, exitCode) => {
    const cwd = folderWith({ "t.csv": lines });
    const controller = new AbortController();
    const written: string[] = [];
    const stderr = Object.assign(
      new Writable({
        write(chunk, _encoding, done) {
          written.push(String(chunk));
          controller.abort(reason); // with the first line of progress
          done();
        },
      }),
      { isTTY: true },
    );
    const args = ["train", "t.csv", "--target", "y", "--epochs", "100000", "--json"];
    const { code, stdout } = await nabla(args, { cwd, stderr, signal: controller.signal });
    expect(code).toBe(exitCode);
    expect(JSON.parse(stdout)).toMatchObject({ stopped: "aborted", model: "t.safetensors" });
    expect(written.join("")).toContain(
      "interrupted: t.safetensors holds what was learnt until then",
    );
    expect(model(cwd).training.stopped).toBe("aborted");
  });

  test("before training writes no model", async () => {
    const cwd = folderWith({ "t.csv": lines });
    const signal = AbortSignal.abort("SIGINT");
    const { code } = await nabla(["train", "t.csv", "--target", "y"], { cwd, signal });
    expect([code, readdirSync(cwd)]).toEqual([130, ["t.csv"]]);
  });
});

test("penguins, with missing values, train to 0.9 of the test rows and predict in another order", async () => {
  const path = "../../../../node_modules/vega-datasets/data/penguins.json";
  const penguins = readFileSync(new URL(path, import.meta.url), "utf8");
  const cwd = folderWith({ "penguins.json": penguins });
  const args = ["train", "penguins.json", "--target", "Species", "--epochs", "30", "--json"];
  const { code, stdout } = await nabla(args, { cwd });
  expect(code).toBe(0);
  const { metrics, rows, classes } = JSON.parse(stdout);
  expect(rows).toEqual({ train: 206, validation: 69, test: 69 });
  expect(classes).toEqual(["Adelie", "Chinstrap", "Gentoo"]);
  expect(metrics.accuracy).toBeGreaterThan(0.9);

  const reversed = JSON.parse(penguins).map((row: object) =>
    Object.fromEntries(Object.entries(row).reverse()),
  );
  const one = await nabla(["predict", "penguins.safetensors", "penguins.json"], { cwd });
  const other = await nabla(["predict", "penguins.safetensors", "-"], {
    cwd,
    stdin: JSON.stringify(reversed),
  });
  const predictions = ({ stdout }: { stdout: string }) =>
    stdout.split("\n").map((line) => line.split(",").at(-1));
  expect(predictions(other)).toEqual(predictions(one));
  expect(predictions(one)).toHaveLength(346);
});
