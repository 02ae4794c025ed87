import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import manifest from "../package.json" with { type: "json" };
import { run } from "../src/run.ts";
import { folderWith, memory, nabla } from "./support.ts";

const usage = async (...args: string[]) => {
  const { code, stdout, stderr } = await nabla(args, { cwd: folderWith() });
  expect(stdout).toBe("");
  expect(code).toBe(64);
  return stderr;
};

describe("help and version", () => {
  test("--help names every command and every exit code", async () => {
    const { code, stdout, stderr } = await nabla(["--help"], { cwd: "/" });
    expect([code, stderr]).toEqual([0, ""]);
    for (const command of ["train", "evaluate", "predict", "inspect", "derive", "check"])
      expect(stdout).toContain(`  ${command} `);
    for (const exit of [1, 64, 65, 66, 70, 73, 74, 130, 143])
      expect(stdout).toContain(String(exit));
  });

  test.each([["train"], ["evaluate"], ["predict"], ["inspect"], ["derive"], ["check"]])(
    "%s --help fits 80 columns",
    async (command) => {
      const { code, stdout } = await nabla([command, "--help"], { cwd: "/" });
      expect(code).toBe(0);
      expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    },
  );

  test("train --help names every flag, and groups them", async () => {
    const { stdout } = await nabla(["train", "--help"], { cwd: "/" });
    const flags =
      `task hidden activation cost optimizer learning-rate momentum epochs batch-size patience
      dropout l1 l2 clip-norm schedule seed precision backend threads reproducible validation test ignore
      class-weight weight missing out report from target query allow-network label-smoothing json help columns
      folds group time checkpoint checkpoint-every resume stream window`.split(/\s+/);
    expect([...stdout.matchAll(/^ +(?:-h, )?--([\w-]+)/gm)].map(([, flag]) => flag).sort()).toEqual(
      flags.sort(),
    );
    expect(stdout.match(/^The .*:$/gm)).toEqual([
      ...["The table:", "The network:", "The training:", "The run:"],
    ]);
  });

  test("--version is the package's", async () => {
    const { code, stdout } = await nabla(["--version"], { cwd: "/" });
    expect([code, stdout]).toEqual([0, `${manifest.version}\n`]);
  });

  test("without a command, help goes to stderr", async () => {
    expect(await usage()).toContain("Usage: nabla");
  });
});

describe("usage errors, exit code 64", () => {
  test.each([
    [["train", "t.csv", "--tagret", "x"], "unknown option '--tagret'; did you mean --target?"],
    [["trian", "t.csv"], "unknown command 'trian'; did you mean train?"],
    [["train", "t.csv"], "--target is missing; name the column to predict"],
    [["train", "--target", "x"], "missing required argument 'table'"],
    [["inspect", "a", "b"], "too many arguments for 'inspect'. Expected 1 argument but got 2."],
    [
      ["train", "t", "--target", "x", "--task", "sort"],
      '--task must be one of classification, regression, multi-label, got "sort"',
    ],
    [
      ["train", "t", "--target", "x", "--epochs", "ten"],
      '--epochs must be a whole number ≥ 1, got "ten"',
    ],
    [
      ["train", "t", "--target", "x", "--epochs", "1.5"],
      '--epochs must be a whole number ≥ 1, got "1.5"',
    ],
    [
      ["train", "t", "--target", "x", "--momentum", "1.5"],
      '--momentum must be in [0, 1), got "1.5"',
    ],
    [
      ["train", "t", "--target", "x", "--learning-rate", "-1"],
      '--learning-rate must be a number ≥ 0, got "-1"',
    ],
    [["train", "t", "--target", "x", "--l2", "NaN"], '--l2 must be a number ≥ 0, got "NaN"'],
    [
      ["train", "t", "--target", "x", "--hidden", "64,"],
      '--hidden must be whole numbers ≥ 1 such as 64,32, or 0 for none, got "64,"',
    ],
  ])("nabla %j: %s", async (args, message) => {
    expect(await usage(...args)).toContain(message);
  });

  test("with --json the error is one object on stdout", async () => {
    const args = ["train", "t.csv", "--target", "x", "--tesst", "0.5", "--json"];
    const { code, stdout, stderr } = await nabla(args, { cwd: "/" });
    expect([code, stderr]).toEqual([64, ""]);
    expect(JSON.parse(stdout)).toEqual({
      error: {
        code: "usage",
        message: "unknown option '--tesst'; did you mean --test?",
        remedy: "write --test",
      },
    });
  });

  test("predict needs --out with --json, for both would go to stdout", async () => {
    const { code, stdout } = await nabla(["predict", "m", "t.csv", "--json"], { cwd: "/" });
    expect(code).toBe(64);
    expect(JSON.parse(stdout).error.remedy).toBe("name a file with --out");
  });
});

describe("what is nobody's fault but ours, exit code 70", () => {
  const broken = () =>
    new Readable({
      read() {
        this.destroy(new Error("internal: broken"));
      },
    });

  test("asks for a report, and shows the stack where NABLA_DEBUG is set", async () => {
    const stderr = memory();
    const context = {
      ...{ stdin: broken(), stdout: memory().stream, stderr: stderr.stream },
      cwd: "/",
    };
    const code = await run(["train", "-", "--target", "x"], {
      ...context,
      env: { NABLA_DEBUG: "1" },
    });
    expect(code).toBe(70);
    expect(stderr.text()).toMatch(
      /^nabla: this is a bug in nabla: internal: broken; report it .*\n.*\n +at /,
    );
  });
});
