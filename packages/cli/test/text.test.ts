import { expect, test } from "vitest";
import { aligned, counted, listed, significant, visible } from "../src/text.ts";

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

test("what a terminal would obey is shown as letters; line ends, tabs and letters stay", () => {
  const text = "a\u001b[2J\u0007\u009b31m\r\u202eb\u007f\u2028\n\té😀👩‍🚀";
  expect(visible(text)).toBe(
    "a\\u001b[2J\\u0007\\u009b31m\\u000d\\u202eb\\u007f\\u2028\n\té😀👩‍🚀",
  );
});

test("of styles only our own pass, where styles are", () => {
  const text = "\u001b[1mbold\u001b[22m \u001b[31mred\u001b[39m \u001b[8mhidden \u001b[2J";
  expect(visible(text, { styled: true })).toBe(
    "\u001b[1mbold\u001b[22m \u001b[31mred\u001b[39m \\u001b[8mhidden \\u001b[2J",
  );
  expect(visible(text)).not.toContain("\u001b");
});
