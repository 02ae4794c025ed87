import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { describeTable, loadModel, predictTable, type TableModel, trainTable } from "nabla";
import { describe, expect, test } from "vitest";
import { columnsData } from "../../src/columns-table.ts";
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

    const types = new Map([["class", "text"] as const, ["digits", "text"] as const]);
    const table = await readTable("t.csv", { cwd, stdin: process.stdin, types });
    const { report } = await trainTable(table, {
      target: "y",
      ignore: ["class", "digits"],
      ...{ epochs: 3, hidden: [4], seed: 5, l2: 0.01 },
    });
    const untimed = { seconds: expect.any(Number), samplesPerSecond: expect.any(Number) };
    expect(JSON.parse(stdout)).toEqual({
      ...{ ...JSON.parse(JSON.stringify(report)), ...untimed },
      model: "t.safetensors",
      columns: JSON.parse(JSON.stringify(columnsData(describeTable(table)))),
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
      /on the test rows +this network +95 % interval +linear +constant\naccuracy( +[\d.]+){2} … [\d.]+( +[\d.]+){2}\nbalancedAccuracy .*\nlogLoss /,
    );
    expect(stdout).toContain("  nabla predict 'my table.safetensors' new.csv\n");
    expect(stderr).toMatch(
      /^column +type +missing +distinct +range\nx +number +– +50 +0 to 49\n(.+\n){3}epoch 3\/3 {3}cost [\d.]+ {3}validation [\d.]+ {3}[\d.]+ s\n$/,
    );
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test("a network no better than a constant, and what the doctor finds, is said", async () => {
    const cwd = folderWith({ "t.csv": lines });
    const args = ["train", "t.csv", "--target", "y", "--ignore", "class,digits", "--hidden", "4"];
    const idle = ["--learning-rate", "0", "--epochs", "20", "--patience", "20"];
    const { stdout } = await nabla([...args, ...idle], { cwd });
    expect(stdout).toMatch(
      /^validation cost [\d.]+, always the same answer [\d.]+: nothing learnt$/m,
    );
    const { stdout: json } = await nabla([...args, ...idle, "--json"], { cwd });
    const { findings, beatsConstant } = JSON.parse(json);
    expect(beatsConstant).toBe(false);
    expect(findings.map(({ code }: { code: string }) => code)).toContain("rate-too-low");
    for (const { remedy } of findings) expect(stdout.replace(/\s+/g, " ")).toContain(remedy);
  });

  test("the next command names what counts as missing, for new tables hold it too", async () => {
    const cwd = folderWith({ "t.csv": lines.replace("\n5,11,", "\n5,n/a,") });
    const args = ["train", "t.csv", "--target", "y", "--missing", "n/a,?", ...quick];
    const { code, stdout, stderr } = await nabla(args, { cwd });
    expect(code).toBe(0);
    expect(stderr).toContain("t.csv: 1 row without a target left out\n");
    expect(stdout).toContain("  nabla predict t.safetensors new.csv --missing 'n/a,?'\n");
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
          if (String(chunk).includes("epoch")) controller.abort(reason);
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
