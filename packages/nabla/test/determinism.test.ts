import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const source = new URL("../src/", import.meta.url).pathname;

/** The sources by their path below src/, without comments. */
const files = readdirSync(source, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => ({ path, code: withoutComments(readFileSync(join(source, path), "utf8")) }));

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|(?<![:"'`])\/\/.*$/gm, "");
}

/** The lines of the sources where a pattern occurs. */
const found = (pattern: RegExp, except: readonly string[] = []): string[] =>
  files
    .filter(({ path }) => !except.includes(path))
    .flatMap(({ path, code }) =>
      code
        .split("\n")
        .filter((line) => pattern.test(line))
        .map((line) => `${path}: ${line.trim()}`),
    );

/** What an operation means, as a number and as a slope: nothing that is trained passes through them. */
const definitions = [
  "equations/compute.ts",
  "explain/proof/dual-expressions.ts",
  "explain/proof/dual.ts",
];

/** The text of modules that predict elsewhere, with whatever Math is there. */
const written = ["expressions", "template", "equations"].map((name) =>
  join("files", "javascript", `${name}.ts`),
);

describe("no result depends on", () => {
  test("Math.random, for every number comes from a seeded stream", () => {
    expect(found(/Math\s*\.\s*random|Math\s*\[|\bcrypto\b/)).toEqual([]);
  });

  test("the date, though a table may hold dates", () => {
    expect(found(/\bnew Date\b|\bDate\s*[.([]|\bhrtime\b/)).toEqual([]);
  });

  test("the clock, which only paces the training and is told in its report", () => {
    expect(found(/\bperformance\b/, ["train/loop.ts", "train/pace.ts"])).toEqual([]);
  });

  test("functions of Math that differ between engines, but in the definitions that others are held against", () => {
    const inexact =
      /Math\s*\.\s*(?:exp|expm1|log|log1p|log2|log10|pow|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|asinh|acosh|atanh|cbrt|hypot)\b/;
    expect(found(inexact, [...definitions, ...written])).toEqual([]);
    expect(files.map(({ path }) => path)).toContain(join("equations", "compute.ts"));
  });

  test("** of anything but a constant power of two, which is Math.pow by another name", () => {
    const powers = found(/\*\*/, definitions).filter(
      (line) => !/(?<![\w.])2 \*\* -?\d+/.test(line),
    );
    expect(powers).toEqual([]);
  });

  test("names of Math taken out of it", () => {
    expect(found(/\}\s*=\s*Math\b|=\s*Math\s*[;,]/, written)).toEqual([]);
  });
});

test("the search finds what it looks for", () => {
  expect(withoutComments("a // Math.random\n/* Date\n */ Math.exp(1)")).toBe("a \n Math.exp(1)");
  expect(found(/Math\.exp\b/)).not.toEqual([]);
  expect(files.length).toBeGreaterThan(30);
});
