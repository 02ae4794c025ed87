import { describe, expect, test } from "vitest";
import { folderWith, nabla } from "../support.ts";

/** Three visits of each of 30 patients, a day after another; what is measured says the value, or nothing. */
const visits = Array.from({ length: 90 }, (_, n) => {
  const measured = ((n * 37) % 90) / 10 - 4.55;
  const day = new Date(Date.UTC(2020, 0, 1 + n)).toISOString().slice(0, 10);
  return `${measured},${2 * measured + ((n * 53) % 7) / 10},${((n * 29) % 31) / 3},p${n % 30},${day}`;
});
const table = `measured,value,nothing,patient,day\n${visits.join("\n")}\n`;
const quick = ["train", "t.csv", "--target", "value", "--epochs", "60", "--hidden", "8"];

const json = async (args: readonly string[], cwd = folderWith({ "t.csv": table })) => {
  const { code, stdout } = await nabla([...args, "--json"], { cwd });
  return { code, report: JSON.parse(stdout) };
};

describe("--folds", () => {
  const known = ["--ignore", "patient,day", "--folds", "3"];

  test("are in the report, for programs", async () => {
    const { code, report } = await json([...quick, ...known]);
    expect(code).toBe(0);
    const { count, kind, metrics, baseline } = report.folds;
    expect([count, kind]).toEqual([3, "random"]);
    const { mean, standardError, values } = metrics.rmse;
    expect(mean).toBeCloseTo((values[0] + values[1] + values[2]) / 3, 12);
    expect(standardError).toBeGreaterThan(0);
    expect(Object.keys(baseline.linear)).toEqual(["r2", "rmse", "mae"]);
  });

  test("are a table of their own, and lines of progress, for people", async () => {
    const cwd = folderWith({ "t.csv": table });
    const { stdout, stderr } = await nabla([...quick, ...known], { cwd });
    expect(stdout).toMatch(
      /^in 3 folds +this network +± standard error +linear +constant\nr2( +-?[\d.]+){4}\nrmse( +[\d.]+){4}\n/m,
    );
    expect(stdout).toContain("The folds are random.\n");
    expect(stderr).toMatch(/^fold 1\/3 {3}epoch \d+\/60 .*\nfold 2\/3 .*\nfold 3\/3 .*\n/m);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test("fewer than two are refused by the flag's name", async () => {
    const { code, report } = await json([...quick, "--folds", "1"]);
    expect(code).toBe(64);
    expect(report.error.message).toBe('--folds must be a whole number ≥ 2, got "1"');
  });
});

describe("--group and --time", () => {
  test("divide the rows, are no features, and are named", async () => {
    const grouped = await json([...quick, "--ignore", "day", "--group", "patient"]);
    expect(grouped.report).toMatchObject({
      group: "patient",
      rows: { train: 54, validation: 18, test: 18 },
      features: ["measured", "nothing"],
    });
    const cwd = folderWith({ "t.csv": table });
    const { stdout } = await nabla([...quick, "--ignore", "patient", "--time", "day"], { cwd });
    expect(stdout).toMatch(/^rows +54 to train, 18 to stop by, 18 to test; in the order of day$/m);
  });

  test("numbers of groups stay text: 1 and 1.0 are two", async () => {
    const rows = Array.from({ length: 40 }, (_, n) => `${n / 7},${n / 3},${n % 2 ? "1" : "1.0"}`);
    const cwd = folderWith({ "t.csv": `a,b,g\n${rows.join("\n")}\n` });
    const args = ["train", "t.csv", "--target", "b", "--group", "g", "--epochs", "1"];
    const { report } = await json([...args, "--validation", "0"], cwd);
    expect(report.rows).toEqual({ train: 20, validation: 0, test: 20 });
  });

  test("a column that is not there is named by its flag's table", async () => {
    const { code, report } = await json([...quick, "--group", "patent"]);
    expect(code).toBe(64);
    expect(report.error.message).toContain('no column "patent"; did you mean "patient"?');
  });
});

describe("a network that does not beat its baselines", () => {
  const alone = ["--ignore", "measured,patient,day"];

  test("is warned of on stderr and in the report, with the difference and a remedy", async () => {
    const cwd = folderWith({ "t.csv": table });
    const { code, stderr } = await nabla([...quick, ...alone], { cwd });
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^t\.csv: no better, beyond chance, than the same answer for every row: rmse [\d.]+ against [\d.]+ on the test rows, (ahead|behind) by [\d.]+ \(95 %: −?[\d.]+ … −?[\d.]+\); look for columns that say more/m,
    );
    const { report } = await json([...quick, ...alone]);
    const { warnings, comparison, metrics, baseline } = report;
    expect(warnings[0].remedy).toContain("more rows");
    expect(comparison.constant.difference).toBeCloseTo(baseline.constant.rmse - metrics.rmse, 12);
    expect(comparison.constant.low).toBeLessThanOrEqual(0);
  });

  test("is warned of by the better of the two that are there; a good one is not", async () => {
    const { report } = await json([...quick, "--ignore", "patient,day,nothing", "--seed", "1"]);
    expect(report.comparison.constant.low).toBeGreaterThan(0);
    const linear = report.baseline.linear.rmse - report.metrics.rmse;
    expect(report.comparison.linear.difference).toBeCloseTo(linear, 12);
    expect(report.warnings).toHaveLength(linear > 0 ? 0 : 1);
  });
});
