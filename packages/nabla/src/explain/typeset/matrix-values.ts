/**
 * Numbers, vectors and matrices as they are written: sums, products element by element, and the
 * contraction of an index, which is a matrix product. A value knows its axes and can be shown in either order.
 */

import type { Index } from "../../equations/expression.ts";
import { needsDot } from "./binding.ts";
import { aboveOf, fenced, type Item, infix, minus, type Row, symbol } from "./items.ts";
import { functionSymbol } from "./names.ts";

/** How tightly a row binds. */
export const levels = {
  ...{ sum: 1, elementwise: 2, scaled: 3 }, //  2·A
  ...{ product: 4, script: 5, name: 6 },
} as const;

/** A row, and how tightly it binds. */
export interface Laid {
  readonly row: Row;
  readonly level: number;
}

export interface Value {
  readonly axes: readonly Index[];
  readonly negative?: boolean;
  /** With these axes in this order; a vector is a column. */
  show(axes: readonly Index[]): Laid;
}

export const atom = (row: Row): Laid => ({ row, level: levels.name });
const at = ({ row, level }: Laid, least: number): Row => (level < least ? fenced(row, "(") : row);

const space: Item = { kind: "space" };
export const ones = atom([symbol("𝟏")]);
export const transposed = (laid: Laid): Laid => ({
  row: [{ kind: "transposed", of: scripted(laid, "stacked") }],
  level: levels.script,
});
const product = (...factors: readonly Laid[]): Laid => ({
  row: factors.flatMap((factor, i) =>
    i === 0 ? at(factor, levels.product) : [space, ...at(factor, levels.product)],
  ),
  level: levels.product,
});
/** By a number. */
export function quotient(x: Laid, y: Laid): Laid {
  const above = x.level < levels.scaled ? fenced(x.row, "(", "flat") : x.row;
  const below = y.level < levels.script ? fenced(y.row, "(", "flat") : y.row;
  return { row: [{ kind: "fraction", above, below }], level: levels.scaled };
}
export const elementwise = (sign: "⊙" | "⊘", factors: readonly Laid[]): Laid => ({
  row: factors.flatMap((factor, i) => [
    ...(i === 0 ? [] : [infix(sign)]),
    ...at(factor, levels.script),
  ]),
  level: levels.elementwise,
});

/** The value as a matrix of just these axes: v 1ᵀ and 1 vᵀ repeat a vector. */
export function broadcast(value: Value, axes: readonly Index[]): Laid {
  if (value.axes.length === 0 || value.axes.length === axes.length) return value.show(axes);
  const vector = value.show(value.axes);
  return value.axes[0] === axes[0]
    ? product(vector, transposed(ones))
    : product(ones, transposed(vector));
}

export const union = (values: readonly Value[]): Index[] => [
  ...new Set(values.flatMap((value) => value.axes)),
];

/** The value with its sign before it. */
export const withSign = (value: Value): Value => (value.negative === true ? sumOf([value]) : value);

/** Element by element, each value repeated along the axes that it lacks. */
export function joined(values: readonly Value[], join: (laid: readonly Laid[]) => Laid): Value {
  const show: Value["show"] = (axes) => join(values.map((value) => broadcast(value, axes)));
  return { axes: union(values), show };
}

/** f(Z)ᵀ, not f(Zᵀ): with the rows across, it is transposed as a whole. */
export const upright = ({ axes, show, ...rest }: Value): Value => ({
  ...rest,
  axes,
  show: (order) =>
    order[1]?.extent === "rows" ? transposed(show(order.toReversed())) : show(order),
});

export function sumOf(values: readonly Value[]): Value {
  if (values.length === 1 && values[0]?.negative !== true) return values[0] as Value;
  return joined(values, (laid) => ({
    row: laid.flatMap((part, i): Row => {
      const negative = values[i]?.negative === true;
      const sign = i === 0 ? (negative ? [minus] : []) : [infix(negative ? "−" : "+")];
      return [...sign, ...at(part, negative ? levels.elementwise : levels.sum)];
    }),
    level: levels.sum,
  }));
}

/** Factors of the same axes are multiplied element by element; v and w of two axes are v wᵀ. */
export function productOf(values: readonly Value[]): Value {
  if (values.length === 1) return values[0] as Value;
  const negative = values.filter((value) => value.negative === true).length % 2 === 1;
  const scalars = values.filter((value) => value.axes.length === 0);
  const arrays = values.filter((value) => value.axes.length > 0);
  const matrix = arrays.some((value) => value.axes.length === 2);
  const show = (axes: readonly Index[]): Laid => {
    const front = scalars.map((value) => value.show([]));
    const parts =
      matrix || arrays.length === 0 || axes.length < 2
        ? arrays.map((value) => broadcast(value, axes))
        : [outer(arrays, axes)];
    const rest = parts.length > 1 ? [elementwise("⊙", parts)] : parts;
    if (front.length === 0 && rest.length === 1) return rest[0] as Laid;
    return { row: multiplied([...front, ...rest]), level: levels.scaled };
  };
  const value = { axes: union(values), negative, show };
  return matrix && arrays.length > 1 ? upright(value) : value;
}

/** Numbers before what they multiply. */
const multiplied = (parts: readonly Laid[]): Row =>
  parts.reduce<Row>((row, part, i) => {
    const next = at(part, i === parts.length - 1 ? levels.scaled : levels.script);
    return i === 0 ? next : row.concat({ kind: "times", dot: needsDot(row, next) }, next);
  }, []);

function outer(vectors: readonly Value[], axes: readonly Index[]): Laid {
  const [above = ones, below = ones] = axes.map((axis) => {
    const along = vectors.filter((vector) => vector.axes[0] === axis).map((v) => v.show([axis]));
    return along.length > 1 ? elementwise("⊙", along) : along[0];
  });
  return product(above, transposed(below));
}

/** Σ_r of the factors, or undefined where more than two of them meet in r. */
export function contract(factors: readonly Value[], r: Index): Value[] | undefined {
  const having = merged(factors.filter((value) => value.axes.includes(r)));
  const rest = factors.filter((value) => !value.axes.includes(r));
  const matrices = having.filter((value) => value.axes.length === 2);
  const vector = having.find((value) => value.axes.length === 1);
  if (matrices.length > 2 || having.length === 0) return undefined;
  const other = (value: Value): Index => value.axes.find((axis) => axis !== r) as Index;

  const [first, second] = matrices;
  const column = vector?.show([r]) ?? ones;
  if (first === undefined) {
    return [...rest, { axes: [], show: () => product(transposed(ones), column) }];
  }
  const a = other(first);
  if (second === undefined) {
    return [...rest, { axes: [a], show: () => product(first.show([a, r]), column) }];
  }
  const b = other(second);
  const middle = vector === undefined ? [] : [diagonal(column)];
  const show = (axes: readonly Index[]): Laid =>
    axes[0] === a
      ? product(first.show([a, r]), ...middle, second.show([r, b]))
      : product(second.show([b, r]), ...middle, first.show([r, a]));
  return [...rest, { axes: [a, b], show }];
}

const diagonal = (vector: Laid): Laid => atom([functionSymbol("diag"), ...fenced(vector.row, "(")]);

/** Factors of the same axes, multiplied element by element. */
function merged(values: readonly Value[]): Value[] {
  const groups: Value[][] = [];
  for (const value of values) {
    const alike = groups.find(
      ([first]) =>
        first?.axes.length === value.axes.length && value.axes.every((x) => first.axes.includes(x)),
    );
    if (alike === undefined) groups.push([value]);
    else alike.push(value);
  }
  return groups.map((group) => (group.length === 1 ? (group[0] as Value) : productOf(group)));
}

export const powerOf = (laid: Laid, exponent: Row): Laid => ({
  row: [{ kind: "power", base: scripted(laid), exponent }],
  level: levels.script,
});

/** In parentheses where it is no name, or a name with something above it already. */
function scripted(laid: Laid, only?: "stacked"): Row {
  const [item] = laid.row;
  if (laid.level < levels.name || item?.kind === "fraction") return fenced(laid.row, "(");
  const isNamed = item?.kind === "symbol" && aboveOf(item) !== "" && item.isFunction !== true;
  return isNamed ? fenced(laid.row, "(", only) : laid.row;
}
