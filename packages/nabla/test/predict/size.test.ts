/** What a page loads that only predicts. */

import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { expect, test } from "vitest";

const entry = join(import.meta.dirname, "../../src/predict/index.ts");

test("nabla/predict is at most 15 kB, bundled, minified and compressed", async () => {
  const bundle = await rolldown({ input: entry, platform: "neutral" });
  const { output } = await bundle.generate({ format: "esm", minify: true });
  expect(output).toHaveLength(1);
  expect(gzipSync(output[0].code).length).toBeLessThanOrEqual(15_000);
});

test("nabla imports no other package", async () => {
  const whole = join(import.meta.dirname, "../../src/index.ts");
  const bundle = await rolldown({ input: whole, platform: "neutral", external: /^[^./]/ });
  const { output } = await bundle.generate({ format: "esm" });
  const imported = output.flatMap((part) => (part.type === "chunk" ? part.imports : []));
  expect(imported).toEqual(["#host"]); //  its own, by platform
});

test("neither the trainer, the assembler, differentiation nor the compiler is in it", async () => {
  const bundle = await rolldown({ input: entry, platform: "neutral" });
  const { output } = await bundle.generate({ format: "esm" });
  const parts = output[0].moduleIds.map((path) => path.replace(/.*packages\/nabla\/src\//, ""));
  const others = parts.filter((path) =>
    /^compile\/|differentiate|derivative|optimizers|train\/(?!turns)|engine|running|explain/.test(
      path,
    ),
  );
  expect(others).toEqual([]);
  expect(parts).toContain("predict/index.ts");
});
