import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { colourModel, priceModel } from "../models.ts";
import { folderWith, nabla } from "../support.ts";

test("export --js writes a module that predicts rows of the table", async () => {
  const cwd = folderWith({
    "price.safetensors": priceModel(),
    "colour.safetensors": colourModel(),
  });
  const { code, stdout, stderr } = await nabla(
    ["export", "price.safetensors", "--js", "price.mjs"],
    { cwd },
  );
  expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  expect(stderr).toMatch(/^price\.mjs: [\d,]+ bytes\n$/);
  const { predict } = await import(pathToFileURL(join(cwd, "price.mjs")).href);
  expect(predict({ size: 5, new: true, day: new Date(0) })).toBe(3 + 2 * 1 + 10);
  expect(predict([{ size: null, new: false, day: new Date(2 * 86_400_000) }])).toEqual([4]);

  const args = ["export", "colour.safetensors", "--js", "colour.mjs", "--json"];
  const { stdout: json } = await nabla(args, { cwd });
  const { size } = { size: readFileSync(join(cwd, "colour.mjs")).length };
  expect(JSON.parse(json)).toEqual({ js: { out: "colour.mjs", bytes: size } });
  const colour = await import(pathToFileURL(join(cwd, "colour.mjs")).href);
  expect(colour.predict({ code: "01" })).toBe("red");
  expect(colour.probabilities({ code: "01" }).red).toBeCloseTo(0.75, 12);
});
