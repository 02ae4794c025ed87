import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { dense, loadModel, network, saveModel } from "nabla";
import { exportOnnx } from "nabla/files";
import { expect, test } from "vitest";
import { priceModel } from "../models.ts";
import { folderWith, nabla } from "../support.ts";

test("--onnx writes the bytes that the library gives", async () => {
  const cwd = folderWith({ "price.safetensors": priceModel() });
  const { code, stdout, stderr } = await nabla(
    ["export", "price.safetensors", "--onnx", "price.onnx"],
    { cwd },
  );
  const expected = exportOnnx(loadModel(priceModel()));
  expect(code).toBe(0);
  expect(stdout).toBe("");
  expect(stderr).toBe(`price.onnx: ${expected.length} bytes\n`);
  expect(new Uint8Array(readFileSync(join(cwd, "price.onnx")))).toEqual(expected);
});

test("--json prints what was written", async () => {
  const cwd = folderWith({ "price.safetensors": priceModel() });
  const args = ["export", "price.safetensors", "--onnx", "price.onnx", "--json"];
  const { stdout, stderr } = await nabla(args, { cwd });
  const bytes = exportOnnx(loadModel(priceModel())).length;
  expect(JSON.parse(stdout)).toEqual({ onnx: { out: "price.onnx", bytes } });
  expect(stderr).toBe("");
});

test("without a format the flags are named", async () => {
  const cwd = folderWith({ "price.safetensors": priceModel() });
  const { code, stderr } = await nabla(["export", "price.safetensors"], { cwd });
  expect(code).toBe(64);
  expect(stderr).toContain("nabla: name what to write: --onnx <file> or --js <file>");
});

test("one file cannot be two", async () => {
  const cwd = folderWith({ "price.safetensors": priceModel() });
  const args = ["export", "price.safetensors", "--onnx", "price.out", "--js", "./price.out"];
  const { code, stderr } = await nabla(args, { cwd });
  expect(code).toBe(64);
  expect(stderr).toContain("price.out cannot be both --onnx and --js; name two files");
});

test("the model itself is not replaced", async () => {
  const cwd = folderWith({ "price.safetensors": priceModel() });
  const args = ["export", "price.safetensors", "--onnx", "price.safetensors"];
  expect(await nabla(args, { cwd })).toMatchObject({ code: 64 });
  expect(new Uint8Array(readFileSync(join(cwd, "price.safetensors")))).toEqual(priceModel());
});

test("what cannot be exported is named with its file, and nothing is written", async () => {
  const net = network({
    inputs: 1,
    layers: [dense(1, "gelu")],
    cost: "squared-error",
    precision: "float64",
  });
  const cwd = folderWith({ "net.safetensors": saveModel(net) });
  const { code, stderr } = await nabla(["export", "net.safetensors", "--onnx", "net.onnx"], {
    cwd,
  });
  expect(code).toBe(64);
  expect(stderr).toMatch(
    /^nabla: net\.safetensors: a1\[n,j\] = .* in float64 has no operator in ONNX; /,
  );
  expect(readdirSync(cwd)).toEqual(["net.safetensors"]);
});

const packages = join(import.meta.dirname, "../../..");
const runtimes = join(packages, "nabla/test/onnx/node_modules");
const remedy = "ONNXRUNTIME_NODE_INSTALL=skip npm ci --prefix packages/nabla/test/onnx installs it";

if (existsSync(runtimes) || process.env.CI === "true") {
  test("the example of docs/export.md names two penguins as nabla does", async () => {
    expect(existsSync(runtimes), `onnxruntime-node; ${remedy}`).toBe(true);
    const page = readFileSync(join(packages, "../docs/export.md"), "utf8");
    const [commands = ""] = blocks(page, "sh");
    const [example = ""] = blocks(page, "js");
    const penguins = join(packages, "../node_modules/vega-datasets/data/penguins.json");
    const cwd = folderWith({
      "penguins.json": readFileSync(penguins),
      "example.mjs": example,
      "new.csv": NEW_PENGUINS,
    });
    symlinkSync(runtimes, join(cwd, "node_modules"));

    for (const line of commands.trimEnd().split("\n")) {
      const args = line.replace("npx nabla ", "").split(" ");
      expect(await nabla(args, { cwd }), line).toMatchObject({ code: 0 });
    }
    const printed = execFileSync(process.execPath, ["example.mjs"], { cwd, encoding: "utf8" });
    const { stdout } = await nabla(["predict", "penguins.safetensors", "new.csv"], { cwd });
    const own = stdout
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((row) => row.split(",").at(-1));
    expect(own).toEqual(["Adelie", "Gentoo"]);
    expect(printed).toBe("[ 'Adelie', 'Gentoo' ] [ 2, 3 ]\n");
  });
} else {
  console.warn(`Not tested here: the example of docs/export.md; ${remedy}.`);
}

/** The rows of the example. */
const NEW_PENGUINS = `Island,Beak Length (mm),Beak Depth (mm),Flipper Length (mm),Body Mass (g),Sex
Torgersen,39.1,18.7,181,3750,MALE
Biscoe,46.1,,211,4500,
`;

const blocks = (page: string, language: string): string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, "gs"))].map(([, text]) => text!);
