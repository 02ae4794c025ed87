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
  });
});

test("without --json the same is a list", async () => {
  const cwd = folderWith({ "m.safetensors": priceModel(), "t.csv": prices });
  const { stdout } = await nabla(["evaluate", "m.safetensors", "t.csv"], { cwd });
  expect(stdout).toBe("rows       2\ncost     2.5\nr2    0.4444\nrmse   2.236\nmae        2\n");
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
