import { expect, test } from "vitest";
import { aligned, counted, listed, significant } from "../src/text.ts";

test("numbers have four significant digits", () => {
  const numbers = [0, 1, 0.012345, 123456, -2.5, 1.23456e-7].map(significant);
  expect(numbers).toEqual(["0", "1", "0.01235", "123500", "-2.5", "1.235e-7"]);
});

test("one is singular", () => {
  expect([counted(1, "row"), counted(0, "row")]).toEqual(["1 row", "0 rows"]);
});

test("long texts go on below themselves, within 80 columns", () => {
  const words = Array.from({ length: 30 }, (_, i) => `word${i}`).join(" ");
  const lines = listed([
    ["a", "short"],
    ["label", words],
  ]).split("\n");
  expect(lines[0]).toBe("a      short");
  expect(lines.every((line) => line.length <= 80)).toBe(true);
  expect(lines.slice(2, -1).every((line) => /^ {7}word/.test(line))).toBe(true);
  expect(lines.join(" ").match(/word\d+/g)).toHaveLength(30);
});

test("columns line up", () => {
  const rows = [
    ["", "a", "bcd"],
    ["name", "12", "3"],
  ];
  expect(aligned(rows)).toBe("       a  bcd\nname  12    3\n");
});
