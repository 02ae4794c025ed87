import { trainTable } from "nabla";
import { describe, expect, test } from "vitest";
import { fitSchema } from "../../../src/tables/columns/schema.ts";
import { columnFindings } from "../../../src/tables/quality/findings.ts";
import { allRows, type Column, createTable } from "../../../src/tables/table.ts";
import { numbers, texts } from "../columns.ts";
import { readPenguins } from "../penguins.ts";

const count = (length: number) => Array.from({ length }, (_, i) => i);
const y = numbers(
  "y",
  count(100).map((i) => (i * 37) % 101),
);
const x = numbers(
  "x",
  count(100).map((i) => (i * 13) % 7),
);

function findingsOf(...columns: Column[]) {
  const table = createTable("t", [...columns, x, y]);
  const options = { target: "y", task: "regression", rows: allRows(table) } as const;
  return columnFindings(table, { ...options, schema: fitSchema(table, options) });
}
const messagesOf = (...columns: Column[]) => findingsOf(...columns).map(({ message }) => message);

describe("what there is to say of columns", () => {
  test("is nothing where all is well", () => {
    expect(findingsOf()).toEqual([]);
    expect(
      findingsOf(
        texts(
          "half",
          count(100).map((i) => (i < 50 ? null : `h${i % 3}`)),
        ),
      ),
    ).toEqual([]);
  });

  test("is nothing of leaks where rows are there twice, unless a column gives the target away", () => {
    const twice = (name: string, value: (i: number) => number) =>
      numbers(
        name,
        count(200).map((i) => value(i % 100)),
      );
    const noise = (i: number) => Math.sin(i * i);
    const table = createTable("t", [
      twice("a", (i) => i),
      twice("b", (i) => Math.cos(i * i * i)),
      twice("copy", (i) => 3 * noise(i)),
      twice("y", noise),
    ]);
    const rows = allRows(table);
    const of = (ignore: readonly string[]) => {
      const options = { target: "y", task: "regression", rows, ignore } as const;
      return columnFindings(table, { ...options, schema: fitSchema(table, options) });
    };
    expect(of(["copy"])).toEqual([]);
    expect(of([]).map(({ where }) => where)).toEqual(['column "copy"']);
  });

  test("is nothing of the penguins", async () => {
    const { report } = await trainTable(readPenguins(), { target: "Species", epochs: 1 });
    const codes = report.findings.map(({ code }) => code);
    for (const code of ["leaking-column", "identifier", "constant-column", "missing-values"])
      expect(codes).not.toContain(code);
  });

  test("names identifiers, constants, gaps and leaks, the worst first", () => {
    const all = messagesOf(
      texts(
        "gaps",
        count(100).map((i) => (i < 51 ? null : `g${i % 3}`)),
      ),
      texts(
        "name",
        count(100).map((i) => `n${i}`),
      ),
      numbers(
        "one",
        count(100).map(() => 1),
      ),
      numbers(
        "copy",
        y.values.map((value) => 2 * Number(value)),
      ),
    );
    expect(all).toEqual([
      'column "copy": by itself explains 100.0 % of "y"; leave it out with --ignore, unless you know it before the target',
      'column "name": has 100 different texts in 100 training rows; left out; name it in --ignore, or keep it by --columns',
      'column "one": has "1" in all 100 training rows; left out; name it in --ignore, or keep it by --columns',
      'column "gaps": is missing in 51 % of 100 training rows; fill it in, or leave it out with --ignore',
    ]);
  });

  test("tells of several columns of a kind at once", () => {
    const constants = ["a", "b", "c", "d", "e"].map((name) =>
      numbers(
        name,
        count(100).map(() => 0),
      ),
    );
    expect(messagesOf(...constants)).toEqual([
      'columns "a", "b", "c" and 2 more: the first has "0" in all 100 training rows; left out; name them in --ignore, or keep them by --columns',
    ]);
  });

  test("is no leak where there is nothing else to predict from", () => {
    const table = createTable("t", [numbers("copy", y.values as Float64Array), y]);
    const options = { target: "y", task: "regression", rows: allRows(table) } as const;
    expect(columnFindings(table, { ...options, schema: fitSchema(table, options) })).toEqual([]);
  });

  test("is in the report of a training", async () => {
    const table = createTable("t", [numbers("copy", y.values as Float64Array), x, y]);
    const { report } = await trainTable(table, { target: "y", epochs: 1 });
    expect(report.findings[0]).toMatchObject({ code: "leaking-column", where: 'column "copy"' });
    expect(report.features).toContain("copy");
  });
});
