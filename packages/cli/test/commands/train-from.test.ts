import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadModel, type TableModel } from "nabla";
import { expect, test } from "vitest";
import { folderWith, nabla } from "../support.ts";

const rows = Array.from({ length: 50 }, (_, i) => `${i},0${i % 3},${2 * i + 1}`);
const table = `x,code,y\n${rows.join("\n")}\n`;
const model = (cwd: string, name: string) => loadModel(readFileSync(join(cwd, name))) as TableModel;

/** A folder with a model that was trained for three epochs. */
async function begun(): Promise<string> {
  const cwd = folderWith({ "t.csv": table });
  const args = ["train", "t.csv", "--target", "y", "--hidden", "4", "--epochs", "3", "--seed", "7"];
  expect(await nabla([...args, "--out", "old.safetensors"], { cwd })).toMatchObject({ code: 0 });
  return cwd;
}

test("a model goes on where it was: its cost falls further, its columns stay", async () => {
  const cwd = await begun();
  const before = readFileSync(join(cwd, "old.safetensors"));
  const args = ["train", "t.csv", "--from", "old.safetensors", "--learning-rate", "0.03"];
  const { code, stdout } = await nabla([...args, "--json"], { cwd });
  expect(code).toBe(0);

  const old = model(cwd, "old.safetensors");
  const { target, rows, cost } = JSON.parse(stdout);
  expect([target, rows]).toEqual(["y", { train: 30, validation: 10, test: 10 }]);
  expect(cost.train).toBeLessThan(old.training.cost.train / 10);
  expect(model(cwd, "t.safetensors").schema).toEqual(old.schema);
  expect(readFileSync(join(cwd, "old.safetensors"))).toEqual(before);
});

test("with a learning rate of 0 it stays as it is", async () => {
  const cwd = await begun();
  const args = ["--from", "old.safetensors", "--learning-rate", "0", "--epochs", "1"];
  expect((await nabla(["train", "t.csv", ...args], { cwd })).code).toBe(0);
  const [old, same] = [model(cwd, "old.safetensors"), model(cwd, "t.safetensors")];
  expect(same.network.parameters).toEqual(old.network.parameters);
  expect(same.training.cost).toEqual(old.training.cost);
});

test("--out may be the model itself, which is then replaced", async () => {
  const cwd = await begun();
  const file = "old.safetensors";
  const args = ["train", "t.csv", "--from", file, "--out", file, "--epochs", "1"];
  expect((await nabla(args, { cwd })).code).toBe(0);
  expect(model(cwd, file).training.epochs).toBe(1);
});

test.each([
  ["--hidden 8", "--hidden must be [4] as in the model to go on from, got [8]"],
  ["--activation tanh", '--activation must be "relu" as in the model to go on from, got "tanh"'],
  ["--target x", '--target must be "y" as in the model to go on from, got "x"'],
  ["--task classification", '--task must be "regression" as in the model'],
])("%s, which the model is not, is an error", async (flags, message) => {
  const cwd = await begun();
  const args = ["train", "t.csv", "--from", "old.safetensors", ...flags.split(" ")];
  const { code, stderr } = await nabla(args, { cwd });
  expect(code).toBe(64);
  expect(stderr).toContain(`nabla: ${message}`);
});

test("a model that is not there is an error: exit code 66", async () => {
  const cwd = folderWith({ "t.csv": table });
  const { code, stderr } = await nabla(["train", "t.csv", "--from", "none"], { cwd });
  expect(code).toBe(66);
  expect(stderr).toContain("none cannot be opened");
});
