/** The example of docs/quality.md is run, and what it prints is looked at. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";

test("docs/quality.md: the network is ahead of the linear one, and nothing is warned of", async () => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/quality.md"), "utf8");
  const [, example = ""] = /```ts\n(.*?)```/s.exec(page) ?? [];
  const folder = mkdtempSync(join(import.meta.dirname, "quality-"));
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  onTestFinished(() => {
    log.mockRestore();
    rmSync(folder, { recursive: true });
  });
  const file = join(folder, "example.ts");
  writeFileSync(file, example);
  await import(file);

  const [r2, interval, lead, overFolds, warnings] = log.mock.calls[0] ?? [];
  expect(interval.low).toBeLessThan(r2);
  expect(interval.high).toBeGreaterThan(r2);
  expect(lead.low).toBeGreaterThan(0);
  expect(overFolds.values).toHaveLength(3);
  expect(overFolds.mean).toBeGreaterThan(0.7);
  expect(warnings).toEqual([]);
});
