import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadModel } from "nabla";
import { describe, expect, test } from "vitest";
import { folderWith, nabla } from "../support.ts";

const fixture = (name: string) =>
  JSON.parse(
    readFileSync(
      new URL(`../../../nabla/test/files/fixtures/import/${name}.json`, import.meta.url),
      "utf8",
    ),
  );

const { json: brain } = fixture("brain-2").named;
const { model, shards, rows, predictions } = fixture("tensorflow").stack;
const weights = Object.fromEntries(
  shards.map((shard: string, i: number) => [
    `group1-shard${i + 1}of2.bin`,
    new Uint8Array(Buffer.from(shard, "base64")),
  ]),
) as Record<string, Uint8Array>;

test("a brain.js network becomes a model file, and what could not be taken is told", async () => {
  const cwd = folderWith({ "colours.json": JSON.stringify(brain) });
  const { code, stdout, stderr } = await nabla(["import", "colours.json"], { cwd });
  expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  expect(stderr).toContain("colours.safetensors: 23 parameters\n");
  expect(stderr).toContain("not taken: the names of the outputs, whose order is");
  const net = loadModel(readFileSync(join(cwd, "colours.safetensors")));
  expect(net).toMatchObject({ definition: { inputs: 4, cost: "mean-squared-error" } });
});

test("a TensorFlow.js model is read with its weight files, --json tells the rest", async () => {
  const cwd = folderWith({ "model.json": JSON.stringify(model), ...weights });
  const args = ["import", "model.json", "--out", "mine.safetensors", "--json"];
  const { code, stdout } = await nabla(args, { cwd });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    model: "mine.safetensors",
    parameters: 35 + 24 + 10,
    notTaken: ['layer "dense_Dense1": kernel_regularizer, which training alone reads'],
  });
  const net = loadModel(readFileSync(join(cwd, "mine.safetensors")));
  if ("schema" in net) throw new Error("a model of tables");
  const got = net.predict(rows as number[][]).flat();
  for (const [i, value] of (predictions as number[][]).flat().entries())
    expect(got[i]).toBeCloseTo(value, 6);
});

describe("it is an error with nothing written", () => {
  const text = JSON.stringify(model);
  const failure = async (cwd: string, file = "model.json") => {
    const { code, stdout } = await nabla(["import", file, "--json"], { cwd });
    expect(() => readFileSync(join(cwd, "model.safetensors"))).toThrow("ENOENT");
    return { code, message: JSON.parse(stdout).error.message as string };
  };

  test("where the JSON is neither's", async () => {
    const { code, message } = await failure(folderWith({ "model.json": "{}" }));
    expect(code).toBe(65);
    expect(message).toContain("expected toJSON() of a brain.js network, or a model.json");
  });

  test("where there is no such file, or no weight file", async () => {
    expect(await failure(folderWith())).toMatchObject({ code: 66 });
    const { code, message } = await failure(folderWith({ "model.json": text }));
    expect(code).toBe(66);
    expect(message).toContain('weights "group1-shard1of2.bin"');
  });

  test("where a layer cannot be taken, by its name", async () => {
    const other = text.replace('"Dropout"', '"LSTM"');
    const { code, message } = await failure(folderWith({ "model.json": other, ...weights }));
    expect(code).toBe(65);
    expect(message).toContain('layer "dropout_Dropout1": cannot take a layer of class "LSTM"');
  });

  test("where weights lie outside of the model's folder, by a path or by a link", async () => {
    const cwd = folderWith(weights);
    mkdirSync(join(cwd, "inner"));
    const json = join(cwd, "inner", "model.json");
    writeFileSync(json, text.replaceAll("group1-shard1of2.bin", "../group1-shard1of2.bin"));
    const inner = join(cwd, "inner");
    expect((await failure(inner)).message).toContain("expected paths within the model's folder");

    writeFileSync(json, text);
    for (const name of Object.keys(weights)) symlinkSync(join(cwd, name), join(inner, name));
    const { code, message } = await failure(inner);
    expect(code).toBe(65);
    expect(message).toContain("a link that leads out of it");
  });

  test("but a link within the folder is followed", async () => {
    const [first, second] = Object.keys(weights) as [string, string];
    const cwd = folderWith({
      "model.json": text,
      [second]: weights[second]!,
      "w.bin": weights[first]!,
    });
    symlinkSync(join(cwd, "w.bin"), join(cwd, first));
    const { code } = await nabla(["import", "model.json"], { cwd });
    expect(code).toBe(0);
  });
});
