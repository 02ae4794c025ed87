import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { folderWith, nabla } from "../support.ts";

const data = join(import.meta.dirname, "../../../../node_modules/vega-datasets/data");

/** y = 2·x1 − x2 + that of the kind, a 0, b 1, c 2; no noise. */
function table(rows: number): string {
  const lines = ["x1,x2,kind,y"];
  for (let n = 0; n < rows; n++) {
    const [x1, x2, kind] = [(n * 7919) % 1000, (n * 104_729) % 997, (n * 31) % 3];
    lines.push(`${x1},${x2},${"abc"[kind]},${2 * x1 - x2 + kind}`);
  }
  return `${lines.join("\n")}\n`;
}

const small = { "t.csv": table(500) };
const training = ["train", "t.csv", "--target", "y", "--epochs", "3", "--hidden", "8"];
const windowed = [...training, "--stream", "--window", "100"];

describe("--stream", () => {
  test("writes the same model and the same report where the table fits", async () => {
    const [held, streamed] = [folderWith(small), folderWith(small)];
    const one = await nabla([...training, "--json"], { cwd: held });
    const other = await nabla([...training, "--stream", "--json"], { cwd: streamed });
    const model = (cwd: string) => readFileSync(join(cwd, "t.safetensors"));
    expect(model(streamed).equals(model(held))).toBe(true);
    const timeless = (text: string) => ({ ...JSON.parse(text), seconds: 0, samplesPerSecond: 0 });
    expect(timeless(other.stdout)).toEqual(timeless(one.stdout));
  });

  test("learns a CSV file of 300,000 rows, which is more than a window", async () => {
    const cwd = folderWith({ "t.csv": table(300_000) });
    const flags = ["--epochs", "1", "--report", "r.html", "--json"];
    const { code, stdout, stderr } = await nabla([...training, "--stream", ...flags], { cwd });
    expect(code, stderr).toBe(0);
    const { rows, metrics, baseline, columns, columnsOfRows } = JSON.parse(stdout);
    expect(rows.train + rows.validation + rows.test).toBe(300_000);
    // A fifth each, to four standard deviations
    for (const part of [rows.validation, rows.test])
      expect(Math.abs(part - 60_000)).toBeLessThan(4 * Math.sqrt(300_000 * 0.2 * 0.8));
    expect(metrics.r2).toBeGreaterThan(0.99);
    expect(baseline.linear.r2).toBeGreaterThan(0.99); // the truth is linear
    expect(columnsOfRows).toBeLessThan(3 * 70_000);
    expect(columns.map(({ name }: { name: string }) => name)).toEqual(["x1", "x2", "kind", "y"]);
    expect(readFileSync(join(cwd, "r.html"), "utf8")).toContain("<svg");

    const evaluated = await nabla(["evaluate", "t.safetensors", "t.csv", "--json"], { cwd });
    expect(JSON.parse(evaluated.stdout).metrics.r2).toBeGreaterThan(0.99);
  }, 60_000);

  test("learns 200,000 flights by windows, better than the mean", async () => {
    const cwd = folderWith();
    const flags = ["--out", "m.safetensors", "--epochs", "1", "--window", "40000", "--json"];
    const flights = join(data, "flights-200k.json");
    const args = ["train", flights, "--target", "delay", "--stream", ...flags];
    const { code, stdout, stderr } = await nabla(args, { cwd });
    expect(code, stderr).toBe(0);
    const { rows, beatsConstant, backend } = JSON.parse(stdout);
    expect([rows.train + rows.validation + rows.test, beatsConstant]).toEqual([200_000, true]);
    expect(["wasm", "evaluate"]).toContain(backend);
  }, 60_000);

  test("says by which rows the columns are shown, where it does not hold all", async () => {
    const cwd = folderWith({ "t.csv": table(70_000) });
    const flags = ["--epochs", "1", "--validation", "0", "--test", "0"];
    const { stderr } = await nabla([...windowed, ...flags], { cwd });
    const [, shown] = /^The columns, by (\d+) rows of 70000, drawn at random:\n/.exec(stderr) ?? [];
    // 65,536 are drawn one by one: to four standard deviations
    expect(Math.abs(Number(shown) - 65_536)).toBeLessThan(4 * Math.sqrt(65_536 * 0.064));
  });

  test("goes on from a checkpoint to the same bits", async () => {
    const [whole, cut] = [folderWith(small), folderWith(small)];
    const kept = ["--checkpoint", "kept", "--checkpoint-every", "2steps"];
    await nabla(windowed, { cwd: whole });
    const less = [...windowed, ...kept];
    const stop = new AbortController();
    const stopping = nabla(less, { cwd: cut, signal: stop.signal });
    const newest = () => (existsSync(join(cut, "kept")) ? readdirSync(join(cut, "kept")) : []);
    while (!newest().some((name) => name.startsWith("step"))) await new Promise(setImmediate);
    stop.abort("SIGINT");
    expect((await stopping).code).toBe(130);
    const { code, stderr } = await nabla([...less, "--resume"], { cwd: cut });
    expect(code, stderr).toBe(0);
    const model = (cwd: string) => readFileSync(join(cwd, "t.safetensors"));
    expect(model(cut).equals(model(whole))).toBe(true);
  });

  test.each([
    [["--group", "kind"], "--group kind does not go with a stream"],
    [["--time", "x1"], "--time x1 does not go with a stream"],
    [["--folds", "3"], "--folds 3 does not go with a stream"],
    [["--optimizer", "lbfgs"], "--optimizer lbfgs does not go with a stream"],
  ])("%j is refused", async (flags, message) => {
    const cwd = folderWith(small);
    const { code, stderr } = await nabla([...windowed, ...flags], { cwd });
    expect(code).toBe(64);
    expect(stderr).toContain(message);
  });

  test("--window without it is refused", async () => {
    const cwd = folderWith(small);
    const { code, stderr } = await nabla([...training, "--window", "10"], { cwd });
    expect([code, stderr]).toEqual([
      64,
      "nabla: --window needs --stream; add --stream, or leave it out\n",
    ]);
  });
});
