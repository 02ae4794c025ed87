import { describe, expect, test } from "vitest";
import {
  dateText,
  exactFigure,
  figure,
  percent,
  percentRange,
  shortened,
  thinned,
  tick,
  whole,
} from "../src/figures.ts";

test("figures have three digits, and do not round to 1", () => {
  expect([0, 0.98123, 12.345, 123.45, 4211.7, -0.5].map(figure)).toEqual([
    ...["0", "0.981", "12.3", "123", "4,212", "−0.5"],
  ]);
  expect([0.99996, 1.2e-7, -3e9].map(figure)).toEqual(["1", "1.20e−7", "−3.00e+9"]);
  expect([0.9996, 1].map(figure)).toEqual(["0.9996", "1"]);
});

test("on an axis large figures are short", () => {
  expect([0, 0.25, 9_500, 20_000, -1_500_000, 2.5e9, 1e13].map(tick)).toEqual([
    ...["0", "0.25", "9,500", "20k", "−1.5M", "2.5G", "1.00e+13"],
  ]);
});

test("figures of the table stay as they are unless they are long", () => {
  expect([2700, -0.25, 3.14159265358979].map(exactFigure)).toEqual(["2700", "−0.25", "3.142"]);
});

test("shares have a decimal, and two where nearly all or nothing is left", () => {
  expect([0, 0.0014, 0.0291, 0.985507, 0.9996, 1].map(percent)).toEqual([
    ...["0 %", "0.14 %", "2.9 %", "98.6 %", "99.96 %", "100 %"],
  ]);
  expect(percentRange(0.942, 1)).toBe("94.2 to 100 %");
});

test("days are dates, with the time where there is any", () => {
  expect([0, 19_737.5, -1].map(dateText)).toEqual(["1970-01-01", "2024-01-15 12:00", "1969-12-31"]);
  expect(dateText(1e12)).toBe("day 1.00e+12");
});

test("counts have thousands, and weights are figures", () => {
  expect([1_078, 2.5].map(whole)).toEqual(["1,078", "2.5"]);
});

test("names are cut between characters", () => {
  expect(shortened("penguin", 7)).toBe("penguin");
  expect(shortened("😀😀😀😀", 3)).toBe("😀😀…");
});

describe("thinned", () => {
  const items = Array.from({ length: 101 }, (_, i) => i);

  test("keeps both ends and even steps", () => {
    expect(thinned(items, 5)).toEqual([0, 25, 50, 75, 100]);
    expect(thinned(items, 200)).toBe(items);
  });
});
