import { afterEach, expect, test, vi } from "vitest";
import { createReading } from "../src/reading-progress.ts";
import { memory } from "./support.ts";

afterEach(() => void vi.restoreAllMocks());

/** Reads 300 of 1000 rows a second for so long, looked at ten times a second. */
function read(isTTY: boolean, seconds: number): string {
  const { stream, text } = memory({ isTTY });
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  const { onRows, end } = createReading({ stderr: stream, env: {} });
  for (let n = 1; n <= 10 * seconds; n++) {
    now += 100;
    onRows({
      stage: n > 30 ? "training" : "statistics",
      rows: 30 * (n > 30 ? n - 30 : n),
      of: 10_000,
    });
  }
  end();
  return text();
}

test("a log has a line every five seconds", () => {
  const text = read(false, 12);
  expect(text.split("\n")).toEqual([
    "reading to train: 600 of 10,000 rows, 300 a second",
    "reading to train: 2,100 of 10,000 rows, 300 a second",
    "",
  ]);
});

test("a terminal has one line that is written over, and taken away at the end", () => {
  const shown = read(true, 1).split("\r\u001b[K");
  expect(shown.at(1)).toBe("looking at the columns: 30 of 10,000 rows, 300 a second");
  expect(shown).toHaveLength(1 + 10 + 1);
  expect(shown.at(-1)).toBe("");
});
