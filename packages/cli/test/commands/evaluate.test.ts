import { expect, test } from "vitest";
import { colourModel, priceModel } from "../models.ts";
import { folderWith, nabla } from "../support.ts";

// predictions 3 and 5 for prices 2 and 8: errors 1 and −3; squared-error is ½Σ, mean over rows
const prices =
  "price,day,new,size\n2,1970-01-01,false,4\n8,1970-01-01,false,5\n,1970-01-01,true,1\n";

test("cost and metrics are those worked out by hand; rows without a target do not count", async () => {
  const cwd = folderWith({ "m.safetensors": priceModel(), "t.csv": prices });
  const { code, stdout, stderr } = await nabla(["evaluate", "m.safetensors", "t.csv", "--json"], {
    cwd,
  });
  expect([code, stderr]).toEqual([0, ""]);
  expect(JSON.parse(stdout)).toEqual({
    rows: 2,
    cost: 2.5,
    metrics: { r2: 1 - 10 / 18, rmse: Math.sqrt(5), mae: 2 },
    // Drawn twice, the one row has an error of 1, the other of 3
    intervals: expect.objectContaining({ rmse: { low: 1, high: 3 }, mae: { low: 1, high: 3 } }),
    details: {},
  });
});

test("without --json the same is a table", async () => {
  const cwd = folderWith({ "m.safetensors": priceModel(), "t.csv": prices });
  const { stdout } = await nabla(["evaluate", "m.safetensors", "t.csv"], { cwd });
  // Where r2 has a meaning both rows were drawn, and it is what it is
  expect(stdout.split("\n")).toEqual([
    "                95 % interval",
    "rows       2",
    "cost     2.5",
    "r2    0.4444  0.4444 … 0.4444",
    "rmse   2.236            1 … 3",
    "mae        2            1 … 3",
    "",
  ]);
});

test("--json tells of each class, too, and who was taken for whom", async () => {
  // p(red) is 3/4 for 01 and 1/4 for 1: one blue row of three is taken for red
  const table = "code,colour\n01,red\n1,blue\n1,blue\n01,blue\n";
  const cwd = folderWith({ "m.safetensors": colourModel(), "t.csv": table });
  const { stdout } = await nabla(["evaluate", "m.safetensors", "t.csv", "--json"], { cwd });
  expect(JSON.parse(stdout)).toMatchObject({
    rows: 4,
    metrics: { accuracy: 0.75 },
    details: {
      classes: [
        { name: "blue", precision: 1, recall: 2 / 3, support: 3 },
        { name: "red", precision: 0.5, recall: 1, support: 1 },
      ],
      confusion: [
        [2, 1],
        [0, 1],
      ],
    },
  });
});

test("a class that the model does not know is an error with its row", async () => {
  const cwd = folderWith({
    "m.safetensors": colourModel(),
    "t.csv": "code,colour\n1,blue\n1,green\n",
  });
  const { code, stderr } = await nabla(["evaluate", "m.safetensors", "t.csv"], { cwd });
  expect(code).toBe(65);
  expect(stderr).toContain('t.csv, row 2: column "colour" holds "green"');
});

test("a table without the target is an error", async () => {
  const cwd = folderWith({ "m.safetensors": colourModel(), "t.csv": "code\n1\n" });
  const { code, stderr } = await nabla(["evaluate", "m.safetensors", "t.csv"], { cwd });
  expect(code).toBe(65);
  expect(stderr).toContain('t.csv has no column "colour"');
});
