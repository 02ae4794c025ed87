/** 406 cars, eight of them without a target, with text, a date and missing numbers. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folderWith, nabla } from "../support.ts";

const path = "../../../../node_modules/vega-datasets/data/cars.json";
const cars = readFileSync(new URL(path, import.meta.url), "utf8");
const train = ["train", "cars.json", "--target", "Miles_per_Gallon"];

test("the network explains more of the test rows than the linear model that stands beside it", async () => {
  const cwd = folderWith({ "cars.json": cars });
  const json = await nabla([...train, "--json"], { cwd });
  expect(json.code).toBe(0);
  const { rows, dropped, metrics, baseline } = JSON.parse(json.stdout);
  expect([rows, dropped]).toEqual([{ train: 239, validation: 80, test: 79 }, 8]);
  expect(metrics.r2).toBeGreaterThan(baseline.linear.r2);
  expect(baseline.linear.r2).toBeGreaterThan(0.75); //  0.81 by least squares on its columns
  expect(Math.abs(baseline.constant.r2)).toBeLessThan(0.05); //  0 but for the means of the parts

  const { stdout } = await nabla(train, { cwd });
  const printed = /^r2 +(\S+) +\S+ … \S+ +(\S+) +(\S+)$/m.exec(stdout)!.slice(1).map(Number);
  expect(printed).toEqual(
    [metrics.r2, baseline.linear.r2, baseline.constant.r2].map((r2) => Number(r2.toPrecision(4))),
  );
});

test("a rate of 1e6 diverges: where, which figure, one remedy, and the old model stays", async () => {
  const old = new Uint8Array([1, 2, 3]);
  const cwd = folderWith({ "cars.json": cars, "m.safetensors": old });
  const flags = ["--optimizer", "sgd", "--learning-rate", "1e6", "--activation", "identity"];
  const { code, stderr, stdout } = await nabla([...train, ...flags, "--out", "m.safetensors"], {
    cwd,
  });
  expect([code, stdout]).toEqual([65, ""]);
  expect(stderr.trimEnd().split("\n").at(-1)).toMatch(
    /^nabla: training diverged in epoch \d+, step \d+: .*W\d \(layer \d\).*; .*learning rate.*1000000/,
  );
  expect(readFileSync(join(cwd, "m.safetensors"))).toEqual(Buffer.from(old));
  expect(readdirSync(cwd).sort()).toEqual(["cars.json", "m.safetensors"]);
});
