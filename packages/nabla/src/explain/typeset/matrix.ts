/**
 * Equations → rows in matrix notation: Σ_i W[j,i]·x[n,i] is X Wᵀ, Σ_n δ[n,j]·x[n,i] is δᵀX.
 *
 * A value has at most two axes. A sum over an index joins the two factors that have it into a matrix
 * product; what stands alone with it is multiplied by the vector of ones. All else is element by
 * element: ⊙, ⊘, functions. What needs more than two axes, places or cases stays in index notation.
 */

import { type Equation, sumTerm, type Term } from "../../equations/equation.ts";
import {
  add,
  apply,
  div,
  type Expression,
  type Operation,
  one,
  plainIndex,
  sub,
  type Tensor,
  walk,
  zero,
} from "../../equations/expression.ts";
import { isNumber } from "../../equations/simplify.ts";
import type { Symbols } from "../derivation.ts";
import { type Laid, signed } from "./binding.ts";
import { fenced, type Item, listed, type Row, type SymbolItem, symbol } from "./items.ts";
import { contextOf, layout } from "./layout.ts";
import {
  atom,
  broadcast,
  contract,
  elementwise,
  joined,
  levels,
  ones,
  powerOf,
  productOf,
  quotient,
  sumOf,
  transposed,
  union,
  upright,
  type Value,
  withSign,
} from "./matrix-values.ts";
import { functionItems, functionSymbol, nameSymbol, tensorRow } from "./names.ts";

export interface MatrixEquation {
  readonly left: Row;
  readonly right: Row;
}

export interface Names {
  readonly symbols: Symbols;
  /** All tensors that are spoken of: x becomes X unless there is another X. */
  readonly tensors: Iterable<Tensor>;
}

/** The equation in matrix notation, if it has such a form. */
export function matrixEquation(equation: Equation, names: Names): MatrixEquation | undefined {
  const { target, indices, terms } = equation;
  if (indices.length > 2) return undefined;
  const areNumbers = terms.every(({ over, body }) => over.length === 0 && isScalar(body));
  if (indices.length === 0 && areNumbers && terms.length > 0) return undefined;
  const write = writer(names);
  const nothing: Term = sumTerm([], zero);
  const summands = (terms.length === 0 ? [nothing] : terms).map((term) => write.term(term));
  if (!summands.every((value) => value !== undefined)) return undefined;
  const value = sumOf(summands);
  if (value.axes.some((axis) => !indices.includes(axis))) return undefined;
  const right = broadcast(value, indices).row;
  return { left: write.name(target), right };
}

function writer({ symbols, tensors }: Names) {
  const taken = new Set([...tensors].map((tensor) => tensor.name));
  const scalarContext = contextOf(symbols);

  /** A matrix has a capital letter. */
  const name = (tensor: Tensor): Row => {
    const row = tensorRow(tensor, [], symbols);
    const isMatrix = tensor.shape.length === 2 && symbols.tensors.get(tensor)?.kind !== "partial";
    return isMatrix ? row.map(capital) : row;
  };
  const capital = (item: Item): Item => {
    if (item.kind === "fraction") return { ...item, below: item.below.map(capital) };
    if (item.kind !== "symbol" || !/^[a-z]$/.test(item.text)) return item;
    const text = item.text.toUpperCase();
    const isTaken = [...taken].some((known) => sameName(nameSymbol(known), { ...item, text }));
    return isTaken ? item : { ...item, text };
  };

  const value = (e: Expression): Value | undefined => {
    if (isScalar(e)) {
      const { negative, laid } = signed(layout(e, scalarContext));
      return { axes: [], negative, show: () => numberLaid(laid) };
    }
    switch (e.kind) {
      case "number":
      case "scalar":
      case "select":
        return undefined; //  a select of numbers is a number, done above
      case "element": {
        const axes = e.places.map(plainIndex);
        if (axes.length > 2 || !axes.every((axis) => axis !== undefined)) return undefined;
        if (axes.length === 2 && axes[0] === axes[1]) return undefined;
        const laid = atom(name(e.tensor));
        return { axes, show: ([first]) => (first === axes[0] ? laid : transposed(laid)) };
      }
      case "call":
        if (symbols.functions.get(e.function)?.kind === "derivative") return undefined;
        return applied(functionItems(e.function, symbols), e.arguments);
      case "reduction":
        return term({ reduction: e.name, over: e.over, where: [], body: e.body });
      case "operation":
        return operation(e);
      default:
        return e satisfies never;
    }
  };

  const values = (all: readonly Expression[]): Value[] | undefined => {
    const found = all.map(value);
    if (!found.every((item) => item !== undefined)) return undefined;
    return union(found).length > 2 ? undefined : found;
  };

  const applied = (f: Row, args: readonly Expression[]): Value | undefined => {
    const inner = values(args);
    if (inner === undefined) return undefined;
    return upright(
      joined(inner.map(withSign), (laid) =>
        atom([...f, ...fenced(listed(laid.map((x) => x.row)), "(")]),
      ),
    );
  };

  const operation = (e: Operation): Value | undefined => {
    switch (e.name) {
      case "add":
      case "subtract": {
        const [x, y] = values(e.arguments) ?? [];
        if (x === undefined || y === undefined) return undefined;
        return sumOf([x, e.name === "add" ? y : { ...y, negative: y.negative !== true }]);
      }
      case "negate": {
        const [x] = values(e.arguments) ?? [];
        return x && { ...x, negative: x.negative !== true };
      }
      case "multiply": {
        const factors = factorsOf(e).map(value);
        if (!factors.every((factor) => factor !== undefined)) return undefined;
        return union(factors).length > 2 ? undefined : productOf(factors);
      }
      case "divide": {
        const [x, y] = values(e.arguments) ?? [];
        if (x === undefined || y === undefined) return undefined;
        const below = withSign(y);
        if (y.axes.length === 0) {
          return { ...x, show: (axes) => quotient(x.show(axes), below.show([])) };
        }
        return upright(joined([withSign(x), below], (laid) => elementwise("⊘", laid)));
      }
      case "power": {
        const [base, exponent] = e.arguments as [Expression, Expression];
        const x = value(base);
        const circle: Item = symbol("∘");
        const above = [circle, ...layout(exponent, { ...scalarContext, raised: true }).row];
        return x && upright(joined([withSign(x)], ([laid = ones]) => powerOf(laid, above)));
      }
      case "log1p":
        return value(apply("log", add(one, e.arguments[0] ?? zero)));
      case "expm1":
        return value(sub(apply("exp", ...e.arguments), one));
      default:
        return applied([functionSymbol(e.name)], e.arguments);
    }
  };

  const term = ({ reduction, over, where, body }: Term): Value | undefined => {
    if (where.length > 0 || reduction === "max") return undefined;
    const factors = factorsOf(body, over.length > 0).map(value);
    if (!factors.every((factor) => factor !== undefined)) return undefined;
    if (factors.some((factor) => factor.axes.length > 2)) return undefined;
    const negative = factors.filter((factor) => factor.negative === true).length % 2 === 1;
    let open: Value[] | undefined = factors.map((factor) => ({ ...factor, negative: false }));
    for (const r of over.toReversed()) open = open === undefined ? undefined : contract(open, r);
    if (open === undefined || union(open).length > 2) return undefined;
    return { ...productOf(open), negative };
  };

  return { name, term };
}

const numberLaid = ({ row, stacked }: Laid) => ({
  ...{ row, level: stacked >= 4 ? levels.name : stacked >= 2 ? levels.scaled : levels.sum },
});

const sameName = (a: SymbolItem, b: SymbolItem): boolean =>
  a.text === b.text && a.number === b.number && a.word === b.word;

/** A number: nothing in it has places or is added up. */
const isScalar = (e: Expression): boolean =>
  walk(e).every((part) =>
    part.kind === "element" ? part.places.length === 0 : part.kind !== "reduction",
  );

/** The factors of a product; under a sum, x/N is 1/N times x. */
function factorsOf(e: Expression, isSummed = false): readonly Expression[] {
  if (e.kind !== "operation" || isScalar(e)) return [e];
  const inner = (part: Expression): readonly Expression[] => factorsOf(part, isSummed);
  if (e.name === "multiply") return e.arguments.flatMap(inner).filter((f) => !isNumber(f, 1));
  const [x, y] = e.arguments;
  if (!isSummed || e.name !== "divide" || x === undefined || y === undefined || !isScalar(y)) {
    return [e];
  }
  return isNumber(x, 1) ? [e] : [div(one, y), ...inner(x)];
}
