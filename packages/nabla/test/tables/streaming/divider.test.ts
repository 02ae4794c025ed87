import { describe, expect, test } from "vitest";
import { newDivider } from "../../../src/tables/streaming/divider.ts";
import { selectRows, type Table } from "../../../src/tables/table.ts";
import { numbers, texts } from "../columns.ts";

const options = {
  seed: 3,
  shares: { validation: 0.2, test: 0.1, sample: 0.3 },
  targets: ["y"],
  classes: false,
  weight: undefined,
};

/** Rows of the whole table, by their parts. */
function divided(table: Table, blockRows: number, given: Partial<typeof options> = {}) {
  const divide = newDivider({ ...options, ...given });
  const parts = { train: [], sample: [], validation: [], test: [] } as Record<string, number[]>;
  for (let from = 0; from < table.rows; from += blockRows) {
    const length = Math.min(blockRows, table.rows - from);
    const block = selectRows(
      table,
      Uint32Array.from({ length }, (_, n) => from + n),
    );
    for (const [name, rows] of Object.entries(divide(block)))
      for (const row of rows) parts[name]!.push(from + row);
  }
  return parts as { [Name in "train" | "sample" | "validation" | "test"]: number[] };
}

const ROWS = 10_000;
const table: Table = {
  ...{ name: "t", rows: ROWS },
  columns: [
    numbers(
      "y",
      Array.from({ length: ROWS }, (_, n) => (n % 10 === 4 ? Number.NaN : n)),
    ),
  ],
};

describe("the parts of a stream", () => {
  test("hold every row with a target once, the sample beside", () => {
    const { train, sample, validation, test: held } = divided(table, 1000);
    const all = [...train, ...validation, ...held].sort((a, b) => a - b);
    expect(all).toEqual(Array.from(Array(ROWS).keys()).filter((n) => n % 10 !== 4));
    const trained = new Set(train);
    expect(sample.every((row) => trained.has(row))).toBe(true);
  });

  test("have their shares of the rows, to four standard deviations of a binomial", () => {
    const { sample, validation, test: held } = divided(table, 1000);
    for (const [rows, share] of [
      [validation, 0.2],
      [held, 0.1],
      [sample, 0.3],
    ] as const) {
      const off = Math.abs(rows.length - 9000 * share);
      expect(off).toBeLessThan(4 * Math.sqrt(9000 * share * (1 - share)));
    }
  });

  test("are the same in every pass, however the rows are cut into blocks", () => {
    expect(divided(table, 77)).toEqual(divided(table, 1000));
    expect(divided(table, 1000)).toEqual(divided(table, 1000));
    expect(divided(table, 1000, { seed: 4 })).not.toEqual(divided(table, 1000));
  });

  test("leave the first row of each class to training, and to its sample", () => {
    const names = Array.from({ length: ROWS }, (_, n) => (n % 100 === 0 ? `rare ${n}` : "often"));
    const classes: Table = { ...{ name: "t", rows: ROWS }, columns: [texts("y", names)] };
    const { sample } = divided(classes, 1000, { classes: true });
    const rare = sample.filter((row) => row % 100 === 0);
    expect(rare).toEqual(Array.from({ length: 100 }, (_, k) => 100 * k));
  });
});
