import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { during } from "../src/status.ts";
import { memory } from "./support.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What is written while some work takes so many milliseconds. */
async function written(milliseconds: number, { isTTY = true, fails = false, columns = 80 } = {}) {
  const stderr = memory({ isTTY });
  Object.assign(stderr.stream, { columns });
  const work = new Promise<string>((resolve, reject) => {
    setTimeout(() => (fails ? reject(new Error("failed")) : resolve("done")), milliseconds);
  });
  const waiting = during(work, {
    what: "reading t.csv",
    context: { stderr: stderr.stream, env: {} },
  });
  const outcome = waiting.catch((error: Error) => error.message);
  await vi.advanceTimersByTimeAsync(milliseconds);
  return [await outcome, stderr.text()];
}

test("what takes long is named, and taken back at the end", async () => {
  expect(await written(1000)).toEqual(["done", "reading t.csv …\r\u001b[K"]);
  expect(await written(1000, { fails: true })).toEqual(["failed", "reading t.csv …\r\u001b[K"]);
});

test("it stays within its line, for only that is taken back", async () => {
  expect(await written(1000, { columns: 10 })).toEqual(["done", "reading …\r\u001b[K"]);
});

test("what is quick is not, nor anything without a terminal", async () => {
  expect(await written(200)).toEqual(["done", ""]);
  expect(await written(1000, { isTTY: false })).toEqual(["done", ""]);
});
