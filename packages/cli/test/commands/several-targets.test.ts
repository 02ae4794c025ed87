/** Several columns to predict at once: quantities, or any number of labels. */

import { expect, test } from "vitest";
import { folderWith, nabla } from "../support.ts";

const rows = Array.from({ length: 40 }, (_, i) => [i, 2 * i, 5 - i / 3, i > 9, i % 2 === 0, i]);
const table = `x,y,z,big,even,"a,b"\n${rows.map((row) => row.join(",")).join("\n")}\n`;
const quick = ["--epochs", "2", "--hidden", "4"];

async function trained(...flags: string[]) {
  const cwd = folderWith({ "t.csv": table });
  const { code, stdout } = await nabla(["train", "t.csv", ...flags, ...quick, "--json"], { cwd });
  expect(code).toBe(0);
  const lines = async (...args: string[]) =>
    (await nabla(["predict", "t.safetensors", "t.csv", ...args], { cwd })).stdout.split("\n");
  return { cwd, report: JSON.parse(stdout), lines };
}

test("quantities have a column of predictions each, and an evaluation each", async () => {
  const { cwd, report, lines } = await trained("--target", "y,z", "--ignore", "big,even");
  expect(report).toMatchObject({ task: "regression", target: ["y", "z"], features: ["x", "a,b"] });
  const [header, first] = await lines();
  expect(header).toBe('x,y,z,big,even,"a,b",prediction_y,prediction_z');
  expect(first).toMatch(/^0,0,5,false,true,0,-?[\d.]+,-?[\d.]+$/);

  const { stdout } = await nabla(["evaluate", "t.safetensors", "t.csv", "--json"], { cwd });
  const { metrics, details } = JSON.parse(stdout);
  expect(details.quantities.map(({ name }: { name: string }) => name)).toEqual(["y", "z"]);
  const [y, z] = details.quantities.map(({ rmse }: { rmse: number }) => rmse);
  expect(metrics.rmse).toBeCloseTo((y + z) / 2, 12);
});

test("labels have a probability each", async () => {
  const { report, lines } = await trained("--target", "big", "--target", "even");
  expect(report).toMatchObject({ task: "multi-label", target: ["big", "even"] });
  const [header, first] = await lines("--probabilities");
  expect(header).toMatch(/,prediction_big,prediction_even,probability_big,probability_even$/);
  const [big, even, p, q] = first!.split(",").slice(-4);
  expect([big, even]).toEqual([p, q].map((probability) => String(Number(probability) > 0.5)));
});

test("a single label is one of any number where the task says so, and can be trained further", async () => {
  const { cwd, report } = await trained("--target", "big", "--task", "multi-label");
  expect(report).toMatchObject({ task: "multi-label", target: ["big"] });
  const args = ["train", "t.csv", "--from", "t.safetensors", ...quick, "--json"];
  const { stdout } = await nabla(args, { cwd });
  expect(JSON.parse(stdout).target).toEqual(["big"]);
});

test("a name that holds a comma is one column where the table has it", async () => {
  const { report } = await trained("--target", "a,b", "--ignore", "big,even");
  expect(report).toMatchObject({ target: "a,b", features: ["x", "y", "z"] });
});

test("of several quantities there are no probabilities", async () => {
  const { cwd } = await trained("--target", "y,z");
  const args = ["predict", "t.safetensors", "t.csv", "--probabilities"];
  const { code, stderr } = await nabla(args, { cwd });
  expect(code).toBe(64);
  expect(stderr).toContain('the model predicts the numbers "y", "z", which have no classes');
});

test("their metrics and baselines are read in 80 columns", async () => {
  const cwd = folderWith({ "t.csv": table });
  const { stdout } = await nabla(["train", "t.csv", "--target", "big,even", ...quick], { cwd });
  expect(stdout).toMatch(/^big, even in t\.csv: multi-label\n/);
  expect(stdout).toMatch(/^hammingLoss +[\d.]+ +[\d.]+ … [\d.]+( +[\d.]+){2}$/m);
  expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
});
