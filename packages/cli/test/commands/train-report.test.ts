import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { metricWords } from "../../src/report/metric-words.ts";
import { checkedPage, words } from "../report/checked-page.ts";
import { folderWith, nabla } from "../support.ts";

const lines = Array.from({ length: 60 }, (_, i) => `${i},${i % 3 ? "high" : "low"},${2 * i + 1}`);
const csv = `x,class,y\n${lines.join("\n")}\n`;
const args = ["train", "t.csv", "--target", "y", "--epochs", "3", "--hidden", "4"];

test("--report writes a page whose figures are those of --json", async () => {
  const cwd = folderWith({ "t.csv": csv });
  const { code, stdout } = await nabla([...args, "--json", "--report", "t.html"], { cwd });
  expect(code).toBe(0);
  const page = checkedPage(readFileSync(join(cwd, "t.html"), "utf8"));
  const { metrics, baseline, rows } = JSON.parse(stdout);
  expect(words(page, "h1")[0]).toBe("y from t.csv");
  expect(words(page, "h2")[0]).toBe(`On the ${rows.test} test rows`);
  const figures = words(page, ".metrics tbody strong");
  expect(figures).toEqual(
    (["r2", "rmse", "mae"] as const).map((name) => metricWords[name].format(metrics[name])),
  );
  const constant = words(page, ".metrics tbody td:last-child");
  expect(constant[1]).toBe(metricWords.rmse.format(baseline.constant.rmse));
});

test("where it cannot be created, nothing is trained: exit code 73", async () => {
  const cwd = folderWith({ "t.csv": csv });
  const { code, stderr } = await nabla([...args, "--report", "none/t.html"], { cwd });
  expect(code).toBe(73);
  expect(stderr).toBe("nabla: none/t.html cannot be created: no such file or directory\n");
  expect(readdirSync(cwd)).toEqual(["t.csv"]);
});

test("it replaces neither the table nor the model: exit code 64", async () => {
  const cwd = folderWith({ "t.csv": csv });
  expect((await nabla([...args, "--report", "t.csv"], { cwd })).code).toBe(64);
  expect(readFileSync(join(cwd, "t.csv"), "utf8")).toBe(csv);
  const { code, stderr } = await nabla([...args, "--report", "t.safetensors"], { cwd });
  expect(code).toBe(64);
  expect(stderr).toContain("--report and --out are the same file, t.safetensors");
  expect(existsSync(join(cwd, "t.safetensors"))).toBe(false);
});

test("without it no page is drawn", async () => {
  const cwd = folderWith({ "t.csv": csv });
  expect((await nabla(args, { cwd })).code).toBe(0);
  expect(readdirSync(cwd).sort()).toEqual(["t.csv", "t.safetensors"]);
});
