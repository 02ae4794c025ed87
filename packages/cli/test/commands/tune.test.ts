import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { folderWith, nabla } from "../support.ts";

/** y = x·z of 80 rows, which no straight line predicts. */
const rows = Array.from({ length: 80 }, (_, n) => {
  const [x, z] = [((n * 37) % 80) / 20 - 2, ((n * 53) % 79) / 20 - 2];
  return `${x},${z},${x * z}`;
});
const table = `x,z,y\n${rows.join("\n")}\n`;
const quick = [
  "tune",
  "t.csv",
  "--target",
  "y",
  "--count",
  "4",
  "--reduction",
  "2",
  "--epochs",
  "8",
];
const small = ["--layers", "1", "--units", "4..8", "--seed", "3"];

const run = async (args: readonly string[], cwd: string) => {
  const { code, stdout, stderr } = await nabla([...args, "--json"], { cwd });
  return { code, stderr, said: JSON.parse(stdout) };
};
const timeless = (trials: readonly { seconds: number }[]) =>
  trials.map(({ seconds, ...trial }) => trial);
const lines = (cwd: string, name = "t.trials.ndjson") =>
  readFileSync(join(cwd, name), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("nabla tune", () => {
  test("--json has the trials, the best, the command for it, and the report of its training", async () => {
    const cwd = folderWith({ "t.csv": table });
    const { code, said } = await run([...quick, ...small], cwd);
    expect(code).toBe(0);
    const { trials, best, command, model, rows: parts, cost } = said;
    // 4 trials of 2 epochs, 2 of 4 and 1 of 8, and trial 0 wherever it was not among them
    const rungs = [1, 2, 3].map((rung) =>
      trials.filter((trial: { rung: number }) => trial.rung === rung),
    );
    expect(rungs[0].map(({ epochs }: { epochs: number }) => epochs)).toEqual([2, 2, 2, 2]);
    expect(rungs[2].map(({ number }: { number: number }) => number)).toContain(best.trial);
    expect(best.cost).toBe(Math.min(...rungs[2].map((trial: { cost: number }) => trial.cost)));
    expect(model).toBe("t.safetensors");
    expect(parts).toEqual({ train: 48, validation: 16, test: 16 });
    expect(cost.validation).toBeGreaterThan(0);
    expect(command).toMatch(
      /^nabla train t\.csv --target y --epochs 8 --seed 3 --hidden [\d,]+ --activation /,
    );
  });

  test("the command that it prints trains the same network", async () => {
    const cwd = folderWith({ "t.csv": table });
    const { said } = await run([...quick, ...small], cwd);
    const tuned = readFileSync(join(cwd, "t.safetensors"));
    const [, ...args] = said.command.split(" ");
    const { code } = await nabla(args, { cwd });
    expect(code).toBe(0);
    expect(readFileSync(join(cwd, "t.safetensors")).equals(tuned)).toBe(true);
  });

  test("people read every trial in a table, the report, and the command", async () => {
    const cwd = folderWith({ "t.csv": table });
    const { code, stdout, stderr } = await nabla([...quick, ...small], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^4 trials in \d+ s of training, kept in t\.trials\.ndjson\n\ntrial +hidden +σ +η +batch +λ +dropout +epochs +cost\n/,
    );
    expect(stdout).toMatch(/^0 +64,32 +relu +0\.003 +32 +– +0 +\d+ +[\d.]+$/m);
    expect(stdout).toMatch(/^The same again:\n\n {2}nabla train t\.csv /m);
    expect(stderr).toMatch(
      /^rung 1\/3 {3}1 done {3}best [\d.]+ by 0: 64,32 relu η 0\.003 batch 32 λ by rows dropout 0$/m,
    );
    expect(
      Math.max(
        ...stdout
          .split("\n")
          .slice(0, 7)
          .map(({ length }) => length),
      ),
    ).toBeLessThanOrEqual(80);
  });

  test("what is given as in train is trial 0, and a single value fixes a range", async () => {
    const cwd = folderWith({ "t.csv": table });
    const fixed = ["--activations", "tanh", "--dropouts", "0", "--l2s", "0", "--batch-sizes", "16"];
    const given = ["--hidden", "5", "--l2", "0.5", "--learning-rates", "0.01"];
    const { said } = await run([...quick, ...small, ...fixed, ...given], cwd);
    const [first, ...others] = said.trials.slice(0, 4);
    expect(first.options).toMatchObject({ hidden: [5], l2: 0.5, learningRate: 0.003 });
    for (const { options } of others)
      expect(options).toMatchObject({
        ...{ activation: "tanh", dropout: 0, l2: 0, batchSize: 16, learningRate: 0.01 },
      });
  });

  test("with folds it scores by them, and the model is trained as without", async () => {
    const cwd = folderWith({ "t.csv": table });
    const { code, said } = await run([...quick, ...small, "--folds", "2"], cwd);
    expect(code).toBe(0);
    expect(said.trials[0]).toMatchObject({ number: 0, epochs: 2, epochsTaken: 4 });
    expect(said.command).not.toContain("--folds");
    expect(said.folds).toBeUndefined();
    expect(said.rows).toEqual({ train: 48, validation: 16, test: 16 });
  });

  test.each([
    [["--from", "m"], "--from does not go with tune"],
    [
      ["--learning-rates", "0.1..0.01"],
      '--learning-rates must be a range such as 0.001..0.1, or one number, got "0.1..0.01"',
    ],
    [["--units", "0..4"], "units must be a range from 1 on"],
    [["--validation", "0"], "--validation"],
    [["--trials", "t.csv"], "--trials t.csv is another file of this command"],
  ])("refuses %j", async (args, message) => {
    const cwd = folderWith({ "t.csv": table });
    const { code, said } = await run([...quick, ...args], cwd);
    expect(code).toBe(64);
    expect(said.error.message).toContain(message);
    expect(readFileSync(join(cwd, "t.csv"), "utf8")).toBe(table);
  });
});

describe("the file of trials", () => {
  test("begun again, the search goes on and ends as if it had never stopped", async () => {
    const whole = folderWith({ "t.csv": table });
    const { said: expected } = await run([...quick, ...small], whole);
    const kept = readFileSync(join(whole, "t.trials.ndjson"), "utf8").split("\n");
    expect(kept).toHaveLength(1 + expected.trials.length + 1); //  the origin, and nothing after the last

    const cut = folderWith({ "t.csv": table });
    writeFileSync(
      join(cut, "t.trials.ndjson"),
      `${kept.slice(0, 4).join("\n")}\n${kept[4]!.slice(0, 25)}`,
    );
    const { code, said, stderr } = await run([...quick, ...small], cut);
    expect([code, stderr]).toEqual([0, expect.stringContaining("going on after 3 trials")]);
    expect(timeless(said.trials)).toEqual(timeless(expected.trials));
    expect(said.best).toEqual(expected.best);
    expect(
      readFileSync(join(cut, "t.safetensors")).equals(readFileSync(join(whole, "t.safetensors"))),
    ).toBe(true);
    expect(timeless(lines(cut).slice(1))).toEqual(timeless(lines(whole).slice(1)));
  });

  test("of other options, another search or another table is refused, and what differs is named", async () => {
    const cwd = folderWith({ "t.csv": table });
    await run([...quick, ...small], cwd);
    const before = readFileSync(join(cwd, "t.trials.ndjson"), "utf8");
    const refusal = async (args: readonly string[]) => {
      const { code, said } = await run(args, cwd);
      expect(code).toBe(65);
      return said.error.message;
    };
    expect(await refusal([...quick, ...small, "--patience", "3"])).toBe(
      "t.trials.ndjson holds the trials of another search: patience was not there, is 3; name another file with --trials, or delete this one",
    );
    expect(await refusal([...quick, ...small, "--dropouts", "0"])).toContain(
      "search.dropouts.1 was 0.5, is 0",
    );
    writeFileSync(join(cwd, "t.csv"), table.replace("x,z,y\n-2,", "x,z,y\n-2.5,"));
    expect(await refusal([...quick, ...small])).toContain('column "x" is another');
    expect(readFileSync(join(cwd, "t.trials.ndjson"), "utf8")).toBe(before);
  });

  test("that is none is refused by line, and stays as it is", async () => {
    for (const note of ["hello\n", "hello"]) {
      const cwd = folderWith({ "t.csv": table, "note.txt": note });
      const { code, said } = await run([...quick, "--trials", "note.txt"], cwd);
      expect(code).toBe(65);
      expect(said.error.message).toBe(
        "note.txt, line 1: expected a trial, as nabla tune writes it; name another file",
      );
      expect(readFileSync(join(cwd, "note.txt"), "utf8")).toBe(note);
    }
    const cwd = folderWith({ "t.csv": table });
    await run([...quick, ...small], cwd);
    appendFileSync(join(cwd, "t.trials.ndjson"), '{"number":1}\n');
    expect((await run([...quick, ...small], cwd)).said.error.where).toMatch(
      /^t\.trials\.ndjson, line \d+$/,
    );
  });

  test("that cannot be created ends the command before anything is trained", async () => {
    const cwd = folderWith({ "t.csv": table });
    const { code, said } = await run([...quick, "--trials", "none/t.ndjson"], cwd);
    expect(code).toBe(73);
    expect(said.error.message).toBe("none/t.ndjson cannot be created: no such file or directory");
    expect(existsSync(join(cwd, "t.safetensors"))).toBe(false);
  });
});
