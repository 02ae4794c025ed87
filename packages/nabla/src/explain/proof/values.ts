/**
 * The values of everything that a derivation speaks of, at one point: tensors by the forward equations,
 * gradients and partial derivatives by dual numbers through them.
 */

import { type Equation, tensorsOf } from "../../equations/equation.ts";
import type { Extent, Tensor } from "../../equations/expression.ts";
import { internal } from "../../errors.ts";
import type { Chain, Section, Symbols } from "../derivation.ts";
import { sizeAt } from "../places.ts";
import { equationLoops } from "./dual.ts";
import { type Cell, cellOf, type Duals } from "./dual-expressions.ts";

/** What is given at a point. */
export interface Point {
  /** Of every tensor that no equation defines, flat and row-major. */
  readonly values: ReadonlyMap<Tensor, ArrayLike<number>>;
  /** N, and the numbers of an optimiser. */
  readonly scalars: Readonly<Record<string, number>>;
  /** How far an index runs. */
  readonly sizes: (extent: Extent) => number;
}

export interface Values {
  /** The elements of a tensor of the network or of a symbol, flat and row-major. */
  of(tensor: Tensor): Float64Array;
  /** The right side of an equation, whatever its left. */
  right(equation: Equation): Float64Array;
  /** How far the nearest comparison was from a tie, over all that has been asked for. */
  margin(): number;
}

/** The values at a point; `about` are forward equations in the order of definition. */
export function valuesAt(
  about: readonly Equation[],
  symbols: Symbols,
  { values, scalars, sizes }: Point,
): Values {
  const derivatives = new Map(
    [...symbols.functions].flatMap(([f, symbol]) =>
      symbol.kind === "derivative" ? [[f, symbol.by] as const] : [],
    ),
  );
  const margin = Number.POSITIVE_INFINITY;
  const duals: Duals = { sizes, cells: new Map(), scalars, derivatives, margin };
  for (const [tensor, numbers] of values) cellOf(tensor, duals).values.set(numbers);
  const loops = about.map((equation) => equationLoops(equation, duals));
  for (const run of loops) run();

  /** The loops that carry a move of `by` on to `of`, in order. */
  const between = (by: Tensor, of: Tensor): (() => void)[] => {
    const last = about.findIndex(({ target }) => target === of);
    const moved = new Set([by]);
    return about.slice(0, last + 1).flatMap((equation, at) => {
      if (equation.target === by || ![...tensorsOf(equation)].some((t) => moved.has(t))) return [];
      moved.add(equation.target);
      return loops[at] as () => void;
    });
  };

  /** Of each element of `by`, moved alone: the slopes of `of` after `run`. */
  const slopes = (of: Tensor, by: Tensor, run: readonly (() => void)[]): Float64Array[] => {
    const from = cellOf(by, duals);
    const to = cellOf(of, duals);
    const found = Array.from(from.values, (_, at) => {
      from.slopes[at] = 1;
      for (const loop of run) loop();
      from.slopes[at] = 0;
      return to.slopes.slice();
    });
    for (const { slopes } of duals.cells.values()) slopes.fill(0);
    return found;
  };

  const compute = (tensor: Tensor): Cell => {
    const symbol = symbols.tensors.get(tensor);
    if (symbol === undefined) throw internal(`${tensor.name} has no value`);
    const { kind, of, by } = symbol;
    const cell = cellOf(tensor, duals);
    if (kind === "gradient") {
      for (const [q, [slope]] of slopes(of, by, between(by, of)).entries()) {
        cell.values[q] = slope as number;
      }
    } else {
      const own = about.findIndex(({ target }) => target === of);
      const columns = slopes(of, by, loops.slice(own, own + 1));
      for (const [q, column] of columns.entries()) {
        for (const [o, slope] of column.entries()) cell.values[o * columns.length + q] = slope;
      }
    }
    return cell;
  };

  const elementsOf = (tensor: Tensor): Float64Array => {
    const known = duals.cells.get(tensor);
    if (known !== undefined) return known.values;
    const named = symbols.names.get(tensor);
    if (named === undefined) return compute(tensor).values;
    cellOf(tensor, duals).values.set(elementsOf(named));
    return cellOf(tensor, duals).values;
  };

  return {
    of: elementsOf,
    right(equation) {
      for (const tensor of tensorsOf(equation)) elementsOf(tensor);
      const size = sizeAt(equation.target.shape, sizes);
      const into = { values: new Float64Array(size), slopes: new Float64Array(size) };
      equationLoops(equation, duals, into)();
      return into.values;
    },
    margin: () => duals.margin,
  };
}

/** The left side of a chain and then each link's right side, as numbers at a point. */
export function valuesOf(
  chain: Chain,
  { about }: Pick<Section, "about">,
  { symbols, point }: { readonly symbols: Symbols; readonly point: Point },
): Float64Array[] {
  const values = valuesAt(about, symbols, point);
  return [
    values.of(chain.left.tensor),
    ...chain.links.map(({ equation }) => values.right(equation)),
  ];
}
