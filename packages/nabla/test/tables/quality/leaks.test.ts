import { describe, expect, test } from "vitest";
import { fitSchema } from "../../../src/tables/columns/schema.ts";
import { explainedBy, leakOf } from "../../../src/tables/quality/leaks.ts";
import { allRows, type Column, createTable } from "../../../src/tables/table.ts";
import type { Task } from "../../../src/tables/task.ts";
import { randomStream } from "../../../src/train/random.ts";
import { dates, numbers, texts } from "../columns.ts";
import { readPenguins } from "../penguins.ts";

const count = (length: number) => Array.from({ length }, (_, i) => i);
const random = randomStream(1, "split");
const drawn = Float64Array.from(count(400), random.normal);
const noise = Float64Array.from(count(400), random.normal);

function of(column: Column, y: Column, task: Task): number | undefined {
  const table = createTable("t", [column, y]);
  const rows = allRows(table);
  const { target } = fitSchema(table, { target: "y", task, rows, columns: { x: column.type } });
  const [found] = explainedBy(table, column, { rows, target });
  expect(leakOf(table, column, { rows, target })).toEqual(
    found !== undefined && found.explained >= 0.99 ? found : undefined,
  );
  return found?.explained;
}

describe("of quantities, a column explains", () => {
  const y = numbers("y", drawn);

  test.each([
    ["a copy", numbers("x", drawn)],
    [
      "a falling function",
      numbers(
        "x",
        drawn.map((v) => -v * v * v),
      ),
    ],
  ])("nearly all, as %s", (_, column) => {
    expect(of(column, y, "regression")).toBeGreaterThan(0.99);
  });

  test("by hand, of 1, …, 50 in steps of 1: all but the two ends, which are 1 off", () => {
    // Between its neighbours each number is their mean: Σ (y − ȳ)² = 50·(50² − 1)/12
    const ramp = numbers("y", count(50));
    expect(of(numbers("x", count(50)), ramp, "regression")).toBeCloseTo(1 - 2 / 10412.5, 12);
  });

  test("all, as a number that tells groups of rows", () => {
    const x = numbers(
      "x",
      count(200).map((i) => [3, 1, 2][i % 3]!),
    );
    const target = numbers(
      "y",
      count(200).map((i) => i % 3),
    );
    expect(of(x, target, "regression")).toBe(1);
  });

  test("all, as text that stands for its values, and none, as chance", () => {
    const group = count(400).map((i) => i % 7);
    const grouped = numbers("y", group);
    expect(of(texts("x", group.map(String)), grouped, "regression")).toBe(1);
    expect(of(numbers("x", noise), y, "regression")).toBeLessThan(0);
    expect(of(dates("x", drawn), y, "regression")).toBeUndefined();
  });
});

describe("of classes, a column explains", () => {
  const y = texts(
    "y",
    Array.from(drawn, (v) => (v > 0 ? "yes" : "no")),
  );

  test("all but a few, where a threshold decides", () => {
    expect(of(numbers("x", drawn), y, "classification")).toBeGreaterThan(0.98);
  });

  test("all, where categories decide, rare classes too", () => {
    const rare = texts(
      "y",
      count(400).map((i) => (i < 20 ? "fraud" : "fine")),
    );
    const flag = texts(
      "x",
      count(400).map((i) => (i < 20 ? "blocked" : "open")),
    );
    expect(of(flag, rare, "classification")).toBe(1);
    const once = texts(
      "x",
      count(400).map((i) => (i < 10 ? "blocked" : "open")),
    );
    expect(of(once, rare, "classification")).toBe(0.5);
  });

  test("nothing that is told, of fewer than 20 rows of another class, or 50 rows in all", () => {
    const few = texts(
      "y",
      count(400).map((i) => (i < 19 ? "fraud" : "fine")),
    );
    const flag = texts(
      "x",
      count(400).map((i) => (i < 19 ? "blocked" : "open")),
    );
    expect(of(flag, few, "classification")).toBe(0);
    const short = numbers("x", count(49));
    expect(of(short, numbers("y", count(49)), "regression")).toBeUndefined();
  });

  test("0.59 of the penguins, by their flippers", () => {
    const table = readPenguins();
    const rows = allRows(table);
    const schema = fitSchema(table, { target: "Species", task: "classification", rows });
    const explained = table.columns.slice(1).map((column) => {
      return explainedBy(table, column, { rows, target: schema.target })[0]!.explained;
    });
    expect(Math.max(...explained)).toBeCloseTo(0.586, 3);
    expect(table.columns[1 + explained.indexOf(Math.max(...explained))]!.name).toMatch(/^Flipper/);
  });
});
