/**
 * The grammar of expressions in little code. `equations/` reads the same texts with advice for whoever
 * writes them, which takes more room than a page has that only predicts. The tests hold the two together:
 * what one reads or refuses, so does the other, and it means the same.
 */

import { compute, relations } from "../equations/compute.ts";
import type { Extent, Index, OperationName, Relation, Tensor } from "../equations/expression.ts";
import { formulaOf } from "../functions/activations.ts";
import { type Lexer, lexer } from "./lex.ts";
import { at, type Element, indexOf, type Node, type Place, type Step } from "./step.ts";

/** What names mean where an expression stands. */
export interface Names {
  readonly scalar?: string;
  extentOf(letter: string): Extent;
  /** The tensor of an element. */
  read(name: string, places: readonly Place[]): Tensor;
  /** A variable, or a tensor that has been named before. */
  known(name: string): Node | Tensor | undefined;
  isGiven(name: string): boolean;
}

/** The left side: the target is nothing that the expression may read. */
export interface Line {
  readonly target?: Tensor;
  readonly indices: readonly Index[];
  /** Takes the reductions of the line, each a step of its own. */
  readonly steps: Step[];
}

const DEEPEST = 100;
const REDUCTION = /^(sum|Σ|max|mean)_(\p{L}[\p{L}\p{N}]*′*)?$/u;

const isOperation = (name: string): name is OperationName => Object.hasOwn(compute, name);
export const isFunction = (name: string): boolean =>
  isOperation(name) || formulaOf(name) !== undefined;

const apply = (kind: OperationName | Relation, ...args: Node[]): Node => ({ kind, args });
const number = (value: number): Node => ({ kind: "number", value });
/** N, how many rows there are to train on, which a prediction does not know. */
const N = number(Number.NaN);

export function readExpression(read: Lexer, names: Names, line: Line): Node {
  const bound = [...line.indices];
  /** The indices that have been read, of the reduction at hand. */
  let seen = new Set<Index>();
  let depth = 0;

  function nested<T>(inner: () => T): T {
    read.demand(++depth <= DEEPEST);
    const e = inner();
    depth--;
    return e;
  }

  /** Operands joined by two operators, from the left. */
  const chain =
    (operand: () => Node, signs: Readonly<Record<string, OperationName>>) => (): Node => {
      let e = operand();
      for (;;) {
        const sign = Object.keys(signs).find(read.take);
        if (sign === undefined) return e;
        e = apply(signs[sign]!, e, operand());
      }
    };
  const product = chain(factor, { "*": "multiply", "/": "divide" });
  const sum = chain(product, { "+": "add", "-": "subtract" });

  function factor(): Node {
    if (read.take("-")) return apply("negate", nested(factor));
    const base = nested(primary);
    if (!read.take("^")) return base;
    if (read.peek().text === names.scalar) return apply("power", base, named(read.next()));
    const sign = read.take("-") ? -1 : 1;
    return apply("power", base, number(sign * integer()));
  }

  function integer(): number {
    const { kind, text } = read.peek();
    read.demand(kind === "number" && Number.isInteger(Number(text)));
    return Number(read.next());
  }

  function primary(): Node {
    if (read.peek().kind === "number") {
      const value = Number(read.next());
      read.demand(Number.isFinite(value));
      return number(value);
    }
    if (read.is("(")) return listed("(", sum, ")", 1)[0]!;
    const name = read.name();
    const [, kind, letter] = REDUCTION.exec(name) ?? [];
    if (kind !== undefined && !names.known(name) && !names.isGiven(name))
      return reduced(kind, letter);
    if (name === "select") return selected();
    if (name === "pi") return number(Math.PI);
    return isFunction(name) ? called(name) : named(name);
  }

  /** What stands between two symbols, separated by commas. */
  function listed<T>(open: string, item: () => T, close: string, most = Number.NaN): T[] {
    const items: T[] = [];
    read.expect(open);
    do items.push(item());
    while (items.length !== most && read.take(","));
    read.expect(close);
    return items;
  }

  function reduced(name: string, letter: string | undefined): Node {
    const letters = letter === undefined ? listed("{", read.name, "}") : [letter];
    read.demand(new Set(letters).size === letters.length);
    const over = letters.map((name): Index => ({ name, extent: names.extentOf(name) }));
    const outside = seen;
    seen = new Set();
    bound.push(...over);
    const body = product();
    bound.length -= over.length;
    const indices = [...seen].filter((index) => !over.includes(index)).sort(rowsFirst);
    seen = new Set([...outside, ...indices]);

    const shape = indices.map(({ extent }) => extent);
    const target: Tensor = { name, shape, role: "computed" };
    line.steps.push({ target, indices, over, isMax: name === "max", body });
    const result: Node = { kind: "element", tensor: target, places: indices.map(at) };
    if (name !== "mean") return result;
    return over.reduce<Node>(
      (e, { extent }) => apply("divide", e, extent === "rows" ? N : number(extent)),
      result,
    );
  }

  function selected(): Node {
    read.expect("(");
    const left = sum();
    const relation = Object.keys(relations).find(read.take);
    read.demand(relation !== undefined);
    const right = sum();
    const [then, otherwise] = [listed(",", sum, ",", 1)[0]!, sum()];
    read.expect(")");
    return apply(relation as Relation, left, right, then, otherwise);
  }

  function called(name: string): Node {
    const isListed = read.is("(");
    const args = isListed ? listed("(", sum, ")") : [nested(primary)]; //  log s[n]
    read.demand(isListed || !read.is("^"));
    if (isOperation(name)) {
      read.demand(args.length === compute[name].length);
      return apply(name, ...args);
    }
    const { value, variables } = formulaOf(name)!;
    read.demand(args.length === variables.length);
    return readFormula(value, new Map(variables.map((letter, v) => [letter, args[v]!])));
  }

  function named(name: string): Node {
    if (name === names.scalar) return N;
    if (read.is("[")) return elementOf(name);
    const known =
      names.known(name) ?? (names.isGiven(name) ? names.read(name, bound.map(at)) : read.fail());
    if ("kind" in known) return known;
    const { shape } = known;
    const isShape = (indices: readonly Index[]): boolean =>
      indices.length === shape.length && indices.every(({ extent }, d) => extent === shape[d]);
    const indices = [[], line.indices, bound].find(isShape) ?? read.fail();
    return checked({ tensor: known, places: indices.map(reading) });
  }

  function elementOf(name: string): Node & Element {
    const places: Place[] = [];
    read.expect("[");
    while (!read.is("]")) {
      places.push(place());
      if (!read.take(",")) break;
    }
    read.expect("]");
    return checked({ tensor: names.read(name, places), places });
  }

  function checked(element: Element): Node & Element {
    read.demand(element.tensor !== line.target);
    return { kind: "element", ...element };
  }

  function reading(index: Index): Place {
    seen.add(index);
    return at(index);
  }

  /** n, t+r, 2*t-1 or id[n] */
  function place(): Place {
    if (read.peek().kind === "name" && read.is("[", 1)) {
      const lookup = nested(() => elementOf(read.next()));
      const { role, count } = lookup.tensor;
      read.demand(role === "input" && count !== undefined);
      return { parts: [], offset: 0, lookup };
    }
    const parts: { index: Index; factor: number }[] = [];
    let offset = 0;
    let sign = read.take("-") ? -1 : 1;
    for (;;) {
      const factor = read.peek().kind === "number" ? integer() : undefined;
      if (factor === undefined || read.take("*")) {
        const letter = read.name();
        const index = bound.findLast(({ name }) => name === letter) ?? read.fail();
        seen.add(index);
        parts.push({ index, factor: sign * (factor ?? 1) });
      } else offset += sign * factor;
      if (read.take("+")) sign = 1;
      else if (read.take("-")) sign = -1;
      else return { parts, offset };
    }
  }

  return sum();
}

const rowsFirst = (a: Index, b: Index): number =>
  Number(b.extent === "rows") - Number(a.extent === "rows");

/** The extent that a place needs. */
export function reachOf(place: Place, { demand }: Lexer): Extent {
  const { parts, offset, lookup } = place;
  if (lookup !== undefined) return lookup.tensor.count!;
  const index = indexOf(place);
  if (index !== undefined) return index.extent;
  let [least, most] = [offset, offset];
  for (const { index, factor } of parts) {
    demand(index.extent !== "rows");
    const far = factor * ((index.extent as number) - 1);
    if (far < 0) least += far;
    else most += far;
  }
  demand(least >= 0);
  return most + 1;
}

/** A formula in these variables alone. Throws where it is anything else. */
export function readFormula(text: string, variables: ReadonlyMap<string, Node>): Node {
  const read = lexer(text);
  const names: Names = {
    ...{ extentOf: read.fail, read: read.fail, isGiven: () => false },
    known: (name) => variables.get(name),
  };
  const value = readExpression(read, names, { indices: [], steps: [] });
  read.demand(read.isEnd());
  return value;
}
