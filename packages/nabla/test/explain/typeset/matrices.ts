/**
 * Reads rows in matrix notation as a reader would, with numbers in place of names: the oracle of that
 * notation. A dimension of 1 is repeated where another is longer, as 1 bᵀ repeats a row.
 */

import { operations } from "../../../src/equations/operations.ts";
import { flat } from "../../../src/explain/typeset/flat.ts";
import type { Item, Row } from "../../../src/explain/typeset/items.ts";
import { functionAt } from "./indices.ts";

export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly at: (row: number, column: number) => number;
}

export interface Names {
  readonly values: ReadonlyMap<string, Matrix>;
  readonly scalars: Readonly<Record<string, number>>;
}

/** A stored matrix: each element is computed once. */
export function matrix(rows: number, columns: number, at: Matrix["at"]): Matrix {
  const stored = Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => at(i, j)),
  );
  return { rows, columns, at: (i, j) => stored[i % rows]![j % columns]! };
}

const number = (value: number): Matrix => matrix(1, 1, () => value);
const ones = Symbol("the vector of ones");
const onesAcross = Symbol("its transpose");
type Factor = Matrix | typeof ones | typeof onesAcross;

/** The value of a row. */
export function read(row: Row, names: Names): Matrix {
  const items = row.filter((item) => !("only" in item && item.only === "flat"));
  let position = 0;
  const peek = (): Item | undefined => items[position];
  const isInfix = (...signs: string[]): boolean => {
    const item = peek();
    return item?.kind === "infix" && signs.includes(item.text);
  };

  const sum = (): Matrix => {
    const negative = peek()?.kind === "minus";
    if (negative) position++;
    let total = negative ? each([hadamard()], ([x]) => -x!) : hadamard();
    while (isInfix("+", "−")) {
      const sign = isInfix("+") ? 1 : -1;
      position++;
      total = each([total, hadamard()], ([x, y]) => x! + sign * y!);
    }
    return total;
  };
  const hadamard = (): Matrix => {
    let value = product();
    while (isInfix("⊙", "⊘")) {
      const times = isInfix("⊙");
      position++;
      value = each([value, product()], ([x, y]) => (times ? x! * y! : x! / y!));
    }
    return value;
  };
  const product = (): Matrix => {
    let before = number(1);
    let factors: Factor[] = [factor()];
    for (;;) {
      const sign = peek()?.kind;
      if (sign !== "times" && sign !== "space" && sign !== "slash") break;
      position++;
      if (sign === "slash") factors = [quotient(multiply(factors), factor())];
      else if (sign === "space") factors.push(factor());
      else {
        before = each([before, multiply(factors)], ([x, y]) => x! * y!);
        factors = [factor()];
      }
    }
    return each([before, multiply(factors)], ([x, y]) => x! * y!);
  };
  const factor = (): Factor => {
    const item = items[position++]!;
    switch (item.kind) {
      case "number":
        return number(item.text === "π" ? Math.PI : Number(item.text));
      case "open": {
        const inside = sum();
        position++;
        return item.text === "|" ? each([inside], ([x]) => Math.abs(x!)) : inside;
      }
      case "symbol":
        if (item.text === "𝟏") return ones;
        return item.isFunction === true ? applied(item.text) : named([item]);
      case "fraction": {
        if (names.values.has(flat([item]))) return named([item]);
        return each([read(item.above, names), read(item.below, names)], ([x, y]) => x! / y!);
      }
      case "power": {
        const exponent = read(
          item.exponent.filter((e) => flat([e]) !== "∘"),
          names,
        );
        return each([read(item.base, names), exponent], ([x, p]) =>
          operations.power.compute(x!, p!),
        );
      }
      case "exponential":
        return each([read(item.exponent, names)], ([x]) => Math.exp(x!));
      case "root":
        return each([read(item.of, names)], ([x]) => Math.sqrt(x!));
      case "transposed": {
        if (flat(item.of) === "1") return onesAcross;
        const of = read(item.of, names);
        return matrix(of.columns, of.rows, (i, j) => of.at(j, i));
      }
      case "cases": {
        const holds = item.branches.find(
          ({ condition }) => condition === undefined || isTrue(condition, names),
        );
        return read(holds!.value, names);
      }
      default:
        throw new Error(`${item.kind} in matrix notation: ${flat(row)}`);
    }
  };
  const named = (name: Row): Matrix => {
    const found = names.values.get(flat(name)) ?? scalarAt(flat(name));
    if (found === undefined) throw new Error(`unknown ${flat(name)} in ${flat(row)}`);
    return found;
  };
  const scalarAt = (name: string): Matrix | undefined =>
    Object.hasOwn(names.scalars, name) ? number(names.scalars[name]!) : undefined;
  const applied = (name: string): Matrix => {
    const inside: Matrix[] = [];
    do {
      position++;
      inside.push(sum());
    } while (peek()?.kind === "comma");
    position++;
    if (name === "diag")
      return matrix(inside[0]!.rows, inside[0]!.rows, (i, j) =>
        i === j ? inside[0]!.at(i, 0) : 0,
      );
    return each(inside, (x) => functionAt(name, x));
  };
  const value = sum();
  if (position < items.length) throw new Error(`${flat(row)} goes on`);
  return value;
}

/** Of numbers. */
function isTrue(condition: Row, names: Names): boolean {
  const sign = condition.findIndex((item) => item.kind === "relation");
  const [x, y] = [condition.slice(0, sign), condition.slice(sign + 1)].map((side) =>
    read(side, names).at(0, 0),
  ) as [number, number];
  const signs = { "<": x < y, "≤": x <= y, ">": x > y, "≥": x >= y, " = ": x === y };
  return signs[flat([condition[sign]!]).trim() as "<"] ?? x === y;
}

const quotient = (x: Matrix, y: Factor): Matrix => {
  if (typeof y === "symbol") throw new Error("divided by 1");
  return each([x, y], ([above, below]) => above! / below!);
};

/** Element by element. */
function each(all: readonly Matrix[], f: (values: readonly number[]) => number): Matrix {
  const rows = Math.max(...all.map((one) => one.rows));
  const columns = Math.max(...all.map((one) => one.columns));
  for (const one of all) {
    const fits = [1, rows].includes(one.rows) && [1, columns].includes(one.columns);
    if (!fits) throw new Error(`[${one.rows}, ${one.columns}] beside [${rows}, ${columns}]`);
  }
  return matrix(rows, columns, (i, j) => f(all.map((one) => one.at(i, j))));
}

/** A matrix product; beside 1 it sums rows or columns, and 1 vᵀ and v 1ᵀ repeat v. */
function multiply(factors: readonly Factor[]): Matrix {
  return factors.reduce((a, b) => {
    if (b === onesAcross) return a;
    if (b === ones) {
      if (a === ones || a === onesAcross) throw new Error("1 1");
      return matrix(a.rows, 1, (i) => sumOf(a.columns, (j) => a.at(i, j)));
    }
    if (a === ones) return b;
    if (a === onesAcross) return matrix(1, b.columns, (_, j) => sumOf(b.rows, (i) => b.at(i, j)));
    if (a.columns !== b.rows)
      throw new Error(`[${a.rows}, ${a.columns}] [${b.rows}, ${b.columns}]`);
    return matrix(a.rows, b.columns, (i, j) => sumOf(b.rows, (k) => a.at(i, k) * b.at(k, j)));
  }) as Matrix;
}

const sumOf = (count: number, f: (k: number) => number): number =>
  Array.from({ length: count }, (_, k) => f(k)).reduce((a, b) => a + b, 0);
