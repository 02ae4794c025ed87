import { describe, expect, test } from "vitest";
import { omissionOf } from "../../../src/tables/columns/omissions.ts";
import type { Column } from "../../../src/tables/table.ts";
import { booleans, numbers, texts } from "../columns.ts";

const count = (length: number) => Array.from({ length }, (_, i) => i);
const of = (column: Column, rows = column.values.length) =>
  omissionOf(column, Uint32Array.from(count(rows)));
const codeOf = (column: Column, rows?: number) => of(column, rows)?.code;

describe("a column is constant", () => {
  test("with one value in all training rows, whatever the others have", () => {
    expect(of(numbers("x", [2, 2, 2, 3]), 3)).toEqual({
      code: "constant-column",
      figure: 'has "2" in all 3 training rows',
    });
    expect(of(texts("x", [null, null]))?.figure).toBe("has no value in all 2 training rows");
  });

  test("not where some of its values are missing", () => {
    expect(of(booleans("x", [true, null, true]))).toBeUndefined();
    expect(of(numbers("x", [1, Number.NaN]))).toBeUndefined();
  });
});

describe("text is an identifier", () => {
  const names = count(100).map((i) => `n${i}`);

  test("where 95 of 100 rows have a text of their own", () => {
    const same = (rows: number) =>
      texts(
        "x",
        names.map((name, i) => (i < rows ? "n0" : name)),
      );
    expect(of(same(6))).toEqual({
      code: "identifier",
      figure: "has 95 different texts in 100 training rows",
    });
    expect(of(same(7))).toBeUndefined();
  });

  test("not in fewer than 20 rows", () => {
    expect([of(texts("x", names), 19), codeOf(texts("x", names), 20)]).toEqual([
      undefined,
      "identifier",
    ]);
  });
});

describe("numbers are identifiers", () => {
  test.each(["id", "ID", "customer_id", "PassengerId", "order id", "#", "Index", "Unnamed: 0"])(
    "where all differ and their column is named %j",
    (name) => {
      expect(
        codeOf(
          numbers(
            name,
            count(30).map((i) => 1000 - 7 * i),
          ),
        ),
      ).toBe("identifier");
      expect(
        codeOf(
          numbers(
            name,
            count(30).map((i) => (i < 2 ? 0 : i)),
          ),
        ),
      ).toBeUndefined();
      expect(
        codeOf(
          numbers(
            name,
            count(30).map((i) => i + 0.5),
          ),
        ),
      ).toBeUndefined();
    },
  );

  test.each(["x", "year", "t", "grid", "humid", "period", "price index", "Weight_in_lbs"])(
    "not in a column named %j, which may be a time or a quantity",
    (name) => {
      expect(of(numbers(name, count(30)))).toBeUndefined();
    },
  );
});
