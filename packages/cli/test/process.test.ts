/** What only a process of its own shows: signals, exit codes, limits of the system. */

import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadModel, type TableModel } from "nabla";
import { beforeAll, describe, expect, test } from "vitest";
import { start } from "./process.ts";
import { folderWith } from "./support.ts";

const rows = Array.from({ length: 60 }, (_, i) => `${i},${2 * i + 1}`);
const table = `x,y\n${rows.join("\n")}\n`;
const train = ["train", "t.csv", "--target", "y"];
const hopeless = ["--optimizer", "sgd", "--learning-rate", "1e6"];

const run = async (args: readonly string[], options: Parameters<typeof start>[1]) =>
  (await start(args, options)).outcome;

beforeAll(async () => {
  await run(["--version"], { cwd: "/" }); // makes the bundle
});

describe("a training that is interrupted", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("by %s writes what was learnt, and ends with %i", async (signal, exitCode) => {
    const cwd = folderWith({ "t.csv": table, "t.safetensors": "old" });
    const args = [...train, "--epochs", "10000000", "--validation", "0", "--l2", "0", "--json"];
    const { child, outcome } = await start(args, { cwd });
    await Promise.race([once(child.stderr, "data"), outcome]); // the first line of progress
    child.kill(signal);
    const { code, stdout, stderr } = await outcome;
    expect(code).toBe(exitCode);
    expect(stderr).toMatch(/^epoch \d+\/10000000 .*\ninterrupted: t\.safetensors holds what/s);

    const report = JSON.parse(stdout);
    const { training } = loadModel(readFileSync(join(cwd, "t.safetensors"))) as TableModel;
    expect(report.stopped).toBe("aborted");
    expect(training.epochs).toBe(report.epochs);
    expect(training.epochs).toBeGreaterThan(1);
    expect(training.cost.train).toBeLessThan(0.01); // of standardised targets, 0.5 by their mean
    expect(readdirSync(cwd).sort()).toEqual(["t.csv", "t.safetensors"]);
  });
});

describe("exit codes, and where words go", () => {
  test.each([
    [["--version"], 0],
    [["train", "t.csv"], 64],
    [["train", "t.csv", "--target", "z"], 64],
    [["train", "t.csv", "--target", "y", "--hidden", "0", ...hopeless], 65],
    [["train", "none.csv", "--target", "y"], 66],
    [["predict", "t.csv", "t.csv"], 65],
    [["train", "t.csv", "--target", "y", "--out", "none/x"], 73],
  ] as const)("nabla %j ends with %i", async (args, exitCode) => {
    const cwd = folderWith({ "t.csv": table });
    const { code, stdout, stderr } = await run(args, { cwd });
    expect(code).toBe(exitCode);
    const [silent, words] = exitCode === 0 ? [stderr, stdout] : [stdout, stderr];
    expect(silent).toBe("");
    expect(words).not.toBe("");
    expect(readdirSync(cwd)).toEqual(["t.csv"]);
    expect(readFileSync(join(cwd, "t.csv"), "utf8")).toBe(table);
  });

  test("with --json an error is one object on stdout, and not on stderr", async () => {
    const args = [...train, "--hidden", "0", ...hopeless, "--json"];
    const { code, stdout, stderr } = await run(args, { cwd: folderWith({ "t.csv": table }) });
    expect(code).toBe(65);
    expect(stderr).not.toContain("nabla:"); // at most a line of progress
    expect(JSON.parse(stdout).error).toMatchObject({
      code: "diverged",
      where: expect.stringMatching(/^epoch \d+, step \d+$/),
      remedy: expect.stringContaining("learning rate"),
    });
  });

  test("a file that may not grow is as a full disk: 74, and the old model stays", async () => {
    const cwd = folderWith({ "t.csv": table, "t.safetensors": "old" });
    const before = "ulimit -f 1"; // in blocks of 512 or 1024 bytes
    const { code, stderr } = await run([...train, "--epochs", "1"], { cwd, before });
    expect(code).toBe(74);
    expect(stderr).toContain("nabla: t.safetensors could not be written: file too large");
    expect(readFileSync(join(cwd, "t.safetensors"), "utf8")).toBe("old");
    expect(readdirSync(cwd).sort()).toEqual(["t.csv", "t.safetensors"]);
  });
});
