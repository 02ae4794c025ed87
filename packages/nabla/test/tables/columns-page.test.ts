/** The examples of docs/columns.md are run, and what the page says of them is looked at. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readColumnSettings } from "nabla/files";
import { afterAll, expect, test, vi } from "vitest";

const folder = mkdtempSync(join(import.meta.dirname, "columns-page-"));
afterAll(() => rmSync(folder, { recursive: true }));

const page = readFileSync(join(import.meta.dirname, "../../../../docs/columns.md"), "utf8");
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "gs"))].map(
    ([, text = ""]) => text,
  );
const [names, settings] = blocks("json");

/** What the example prints: the arguments of each console.log. */
async function run(number: number): Promise<unknown[][]> {
  const file = join(folder, `example-${number}.ts`);
  writeFileSync(file, blocks("ts")[number] ?? "");
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  await import(file);
  const printed = log.mock.calls;
  log.mockRestore();
  return printed;
}

test("a table of hours has the inputs that the page lists", async () => {
  expect(await run(0)).toEqual([[JSON.parse(names ?? "")]]);
});

test("airports have a vector of six numbers, and one that is not known is average", async () => {
  const [[shape], [known, unknown]] = (await run(1)) as [[number[]], [number, number]];
  expect(shape).toEqual([61, 6]);
  expect(known).toBeCloseTo(42, 0);
  expect(unknown).toBeCloseTo(59.5, 0);
});

test("what says nothing is left out, and what says too much is pointed out", async () => {
  const [features, ...findings] = await run(2);
  expect(features?.[0]).toEqual(["size", "tax"]);
  expect(findings.slice(0, 3)).toEqual([
    ["leaking-column", 'column "tax"'],
    ["identifier", 'columns "id" and "street"'],
    ["constant-column", 'column "country"'],
  ]);
});

test("a column is what the options say", async () => {
  expect(readColumnSettings({ text: settings ?? "", name: "columns.json" })).toHaveProperty(
    "zip.embed",
    8,
  );
  expect(await run(3)).toEqual([[[["2019", "2020", "2021", "2022"]]]]);
  expect(blocks("ts")).toHaveLength(4);
});
