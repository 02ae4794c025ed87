import { describe, expect, test } from "vitest";
import { cosineOf, cyclesOf, sineOf } from "../../../src/tables/columns/cycles.ts";

const count = (length: number) => Array.from({ length }, (_, i) => i);
const minute = 1 / 1440;

describe("dates show the cycle", () => {
  test.each([
    ["day, where times differ by ten minutes", [3.5, 3.5 + 11 * minute], ["day"]],
    ["none, where they differ by less, midnight between them or not", [4, 4 - 9 * minute, 5], []],
    ["none, within six days", count(6), []],
    ["week, from the eighth day on", count(8), ["week"]],
    ["none, of Mondays over five months", count(21).map((week) => 7 * week + 4), []],
    ["year, of half a year of Mondays", count(27).map((week) => 7 * week + 4), ["year"]],
    ["none, of the first of January in forty years", newYears(40), []],
    ["year, of the first of each month", count(24).map((month) => days(1980, month)), ["year"]],
    [
      "all three, of hours over a year",
      count(9000).map((hour) => hour / 24),
      ["day", "week", "year"],
    ],
    ["none, where no date is known", [Number.NaN], []],
  ])("%s", (_, days, expected) => {
    expect(cyclesOf(days)).toEqual(expected);
  });
});

function days(year: number, month: number): number {
  return Date.UTC(year, month) / 86_400_000;
}

function newYears(years: number): number[] {
  return count(years).map((year) => days(1980 + year, 0));
}

test("the end of a period is next to its beginning", () => {
  const near = [sineOf(20_000 - 1e-6, "day"), cosineOf(20_000 - 1e-6, "day")];
  expect(near[0]).toBeCloseTo(-2 * Math.PI * 1e-6, 10);
  expect(near[1]).toBeCloseTo(1, 10);
  // 1970-01-01 was a Thursday, and so was day 20 000 + 6
  expect([sineOf(20_006, "week"), cosineOf(20_006, "week")]).toEqual([0, 1]);
  // 100 mean years later, to the last digits of 36 524.25
  expect(sineOf(36_524.25 + 91.310625, "year")).toBeCloseTo(1, 14);
});
