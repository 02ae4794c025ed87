/** Expressions and equations → rows in index notation. */

import type { Equation, Term } from "../../equations/equation.ts";
import {
  type Call,
  type Element,
  type Expression,
  type Index,
  type Operation,
  type Place,
  type Relation,
  type Select,
  walk,
  zero,
} from "../../equations/expression.ts";
import type { Symbols } from "../derivation.ts";
import {
  at,
  atom,
  binds,
  fractionLaid,
  type Laid,
  productRow,
  type Signed,
  signed,
  sumOf,
} from "./binding.ts";
import {
  aboveOf,
  type Branch,
  fenced,
  heightOf,
  type Item,
  listed,
  minus,
  type Row,
  relation,
  widthOf,
} from "./items.ts";
import {
  functionItems,
  functionSymbol,
  type Letters,
  nameSymbol,
  noLetters,
  scalarSymbol,
  tensorRow,
  withLetters,
} from "./names.ts";
import { isNegative, numberRow } from "./numbers.ts";

export interface Context {
  readonly symbols: Symbols;
  readonly letters: Letters;
  /** In an exponent: fractions are written with a slash. */
  readonly raised: boolean;
}

export const contextOf = (symbols: Symbols, indices: readonly Index[] = []): Context => ({
  ...{ symbols, letters: withLetters(noLetters, indices), raised: false },
});

const within = (context: Context, indices: readonly Index[]): Context => ({
  ...context,
  letters: withLetters(context.letters, indices),
});

/** `z1[n,j]` of `z1[n,j] = …`. */
export const leftRow = ({ target, indices }: Equation, symbols: Symbols): Row =>
  tensorRow(target, placesOf(indices, contextOf(symbols, indices)), symbols);

const placesOf = (indices: readonly Index[], context: Context): Row[] =>
  indices.map((index) => [letterOf(index, context)]);

const letterOf = (index: Index, { letters }: Context): Item =>
  nameSymbol(letters.get(index) ?? index.name);

/** The right side of an equation. */
export const rightRow = ({ terms, indices }: Equation, symbols: Symbols): Row =>
  rightLaid(terms, contextOf(symbols, indices)).row;

function rightLaid(terms: readonly Term[], context: Context): Laid {
  const parts = terms.flatMap((term) => summandsOfTerm(term, context));
  return parts.length === 0 ? layout(zero, context) : sumOf(parts);
}

/** A term without a sum may itself be a sum. */
function summandsOfTerm({ reduction, over, where, body }: Term, context: Context): Signed[] {
  if (over.length + where.length === 0) return summandsOf(body, context);
  const inner = within(context, over);
  const deltas = where.map(({ index, place }) =>
    fenced([letterOf(index, inner), relation("="), ...placeRow(place, inner)], "["),
  );
  const { constants, factors } = factorsOfTerm(body, inner, reduction === "sum" && over.length > 0);
  const big = bigItems(reduction, over, inner);
  return [signed(reduced(big, { constants, factors: [...deltas.map(atom), ...factors] }))];
}

interface Factors {
  readonly constants: readonly Laid[];
  readonly factors: readonly Laid[];
}

/** Numbers and run-time scalars in front of a product may stand before its sum: 1/N·Σ_n c[n]. */
function factorsOfTerm(body: Expression, context: Context, mayMove: boolean): Factors {
  const all = factorsOf(body);
  const first = all.findIndex((e) => walk(e).some((inner) => inner.kind === "element"));
  const moved = mayMove ? Math.max(0, first) : 0;
  const laid = all.map((e) => layout(e, context));
  return { constants: laid.slice(0, moved), factors: laid.slice(moved) };
}

/** 2·Σ_i of a product; Σ_i −x is written −Σ_i x. */
function reduced(big: readonly Item[], { constants, factors }: Factors): Laid {
  const isSum = big.every((item) => item.kind === "big" && item.text === "Σ");
  const [head, ...tail] = [...constants, ...factors];
  if (head === undefined) return binds(2, big);
  const { negative, laid } = isSum ? signed(head) : { negative: false, laid: head };
  const all = [laid, ...tail];
  const body = productRow(all.slice(constants.length));
  const sum = productRow([...all.slice(0, constants.length), binds(2, [...big, ...body])]);
  return binds(2, negative ? [minus, ...sum] : sum);
}

const bigItems = (name: "sum" | "max", over: readonly Index[], context: Context): Item[] =>
  over.length === 0
    ? []
    : [{ kind: "big", text: name === "sum" ? "Σ" : "max", over: placesOf(over, context) }];

/** One expression. */
export function layout(e: Expression, context: Context): Laid {
  switch (e.kind) {
    case "number":
      if (isNegative(e.value)) return binds(2, [minus, ...numberRow(-e.value).row]);
      return numberRow(e.value);
    case "scalar":
      return named([scalarSymbol(e.name)]);
    case "element":
      return elementLaid(e, context);
    case "call":
      return callLaid(e, context);
    case "select":
      return { row: casesOf(e, context), flat: 5, stacked: 2 };
    case "reduction": {
      const inner = within(context, e.over);
      return reduced(
        bigItems(e.name, e.over, inner),
        factorsOfTerm(e.body, inner, e.name === "sum"),
      );
    }
    case "operation":
      return operationLaid(e, context);
    default:
      return e satisfies never;
  }
}

function elementLaid({ tensor, places }: Element, context: Context): Laid {
  const rows = places.map((place) => placeRow(place, context));
  return named(tensorRow(tensor, rows, context.symbols));
}

/** What has something above its name needs parentheses before an exponent. */
function named(row: Row): Laid {
  const [item] = row;
  if (item?.kind !== "symbol") return { row, flat: 3, stacked: 4 };
  const stacked = aboveOf(item) === "" && item.primes === 0 ? 5 : 4;
  return { row, flat: item.places.length === 0 ? stacked : 5, stacked };
}

function placeRow(place: Place, context: Context): Row {
  if (place.kind === "lookup") return elementLaid(place.element, context).row;
  const parts = place.parts.map(({ index, factor }): Signed => {
    const letter = atom([letterOf(index, context)]);
    const size = Math.abs(factor);
    const laid = size === 1 ? letter : binds(2, productRow([numberRow(size), letter]));
    return { negative: factor < 0, laid };
  });
  const { offset } = place;
  if (offset !== 0 || parts.length === 0) {
    parts.push({ negative: offset < 0, laid: numberRow(Math.abs(offset)) });
  }
  return sumOf(parts).row;
}

function callLaid({ function: f, arguments: args }: Call, context: Context): Laid {
  const laid = args.map((argument) => layout(argument, context));
  const known = context.symbols.functions.get(f);
  if (known?.kind === "derivative") {
    const of = laid[0] === undefined ? [] : at(laid[0], 3);
    return binds(2, [...functionItems(f, context.symbols), { kind: "space" }, ...of]);
  }
  return applied(functionItems(f, context.symbols), laid);
}

const applied = (f: Row, args: readonly Laid[]): Laid => ({
  row: [...f, ...fenced(listed(args.map((argument) => argument.row)), "(")],
  ...{ flat: 5, stacked: 5 },
});

// Operations

function operationLaid(e: Operation, context: Context): Laid {
  const [x, y] = e.arguments as [Expression, Expression];
  switch (e.name) {
    case "add":
    case "subtract":
      return sumOf(summandsOf(e, context));
    case "multiply":
      return binds(2, productRow(factorsOf(e).map((factor) => layout(factor, context))));
    case "negate":
      return binds(2, [minus, ...withoutSign(layout(x, context), 2)]);
    case "divide":
      return quotient(e, context);
    case "power":
      return powerOf(x, y, context);
    case "exp":
      return exponential(x, context);
    case "log1p":
      return applied([functionSymbol("log")], [onePlus(x, context)]);
    case "expm1":
      return sumOf([
        { negative: false, laid: exponential(x, context) },
        { negative: true, laid: numberRow(1) },
      ]);
    case "abs":
      return atom(fenced(layout(x, context).row, "|"));
    case "sqrt":
      return { row: [{ kind: "root", of: at(layout(x, context), 5, 0) }], flat: 4, stacked: 4 };
    default: {
      const args = e.arguments.map((argument) => layout(argument, context));
      return applied([functionSymbol(e.name)], args);
    }
  }
}

/** In parentheses where it begins with a minus: a − (−b), for a step may be about that sign. */
const withoutSign = (laid: Laid, level: number): Row =>
  signed(laid).negative ? fenced(laid.row, "(") : at(laid, level);

const onePlus = (x: Expression, context: Context): Laid =>
  sumOf([{ negative: false, laid: numberRow(1) }, ...summandsOf(x, context)]);

function summandsOf(e: Expression, context: Context): Signed[] {
  if (e.kind !== "operation" || (e.name !== "add" && e.name !== "subtract")) {
    return [signed(layout(e, context))];
  }
  const [x, y] = e.arguments as [Expression, Expression];
  const first = summandsOf(x, context);
  if (e.name === "add") return [...first, ...summandsOf(y, context)];
  return [...first, { negative: true, laid: atom(withoutSign(layout(y, context), 2)) }];
}

function factorsOf(e: Expression): readonly Expression[] {
  if (e.kind !== "operation" || e.name !== "multiply") return [e];
  return e.arguments.flatMap(factorsOf);
}

function quotient(e: Operation, context: Context): Laid {
  const [x, y] = e.arguments.map((argument) => layout(argument, context)) as [Laid, Laid];
  if (context.raised) return binds(2, [...at(x, 2), { kind: "slash" }, ...at(y, 4)]);
  const { negative, laid } = signed(x);
  const level = laid.row.some((item) => item.kind === "big") ? 3 : 2; //  (Σ_i a)/b
  const fraction: Item = { kind: "fraction", above: at(laid, level, 0), below: at(y, 4, 0) };
  return negative ? binds(2, [minus, fraction]) : fractionLaid([fraction]);
}

function powerOf(x: Expression, y: Expression, context: Context): Laid {
  const exponent = layout(y, { ...context, raised: true });
  const base = at(layout(x, context), 5);
  return { row: [{ kind: "power", base, exponent: exponent.row }], flat: 4, stacked: 4 };
}

/** e to the x; exp(x) where x is too large to be raised. */
function exponential(x: Expression, context: Context): Laid {
  const raised = layout(x, { ...context, raised: true }).row;
  if (widthOf(raised) > 24 || heightOf(raised) > 1 || context.raised) {
    return applied([functionSymbol("exp")], [layout(x, context)]);
  }
  return { row: [{ kind: "exponential", exponent: raised }], flat: 4, stacked: 4 };
}

// Cases

const relations = { "<": "<", "<=": "≤", ">": ">", ">=": "≥", "=": "=" } as const satisfies Record<
  Relation,
  string
>;

function casesOf(e: Select, context: Context): Row {
  const branches: Branch[] = [];
  let rest: Expression = e;
  while (rest.kind === "select") {
    const [left, right] = [layout(rest.left, context).row, layout(rest.right, context).row];
    const condition = [...left, relation(relations[rest.relation]), ...right];
    branches.push({ value: layout(rest.then, context).row, condition });
    rest = rest.otherwise;
  }
  branches.push({ value: layout(rest, context).row });
  return [{ kind: "cases", branches }];
}
