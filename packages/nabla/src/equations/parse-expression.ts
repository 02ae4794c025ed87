/**
 * The grammar of expressions, by recursive descent:
 *
 *     sum       = product { ("+" | "-") product }
 *     product   = factor { ("*" | "/") factor }
 *     factor    = "-" factor | primary [ "^" exponent ]            -x^2 is -(x^2)
 *     primary   = number | "(" sum ")" | element | call | select | reduction
 *     call      = name "(" sum { "," sum } ")" | name primary      log s[n]; log x^2 is refused
 *     reduction = ("sum" | "max" | "mean") "_" letters product     sum_i a + b is (sum_i a) + b
 */

import { didYouMean } from "../errors.ts";
import {
  type AffinePart,
  add,
  apply,
  div,
  type Element,
  type Expression,
  element,
  type Index,
  index,
  mul,
  neg,
  number,
  type OperationName,
  type Place,
  plain,
  power,
  type ReductionName,
  type Relation,
  scalar,
  select,
  sub,
  type Tensor,
} from "./expression.ts";
import { isIndexName, type Reader, type Token } from "./lex.ts";
import { operations } from "./operations.ts";
import type { Fail, Scope } from "./scope.ts";

const DEEPEST = 100;

/** Where an expression stands. */
export interface Line {
  readonly target?: Tensor;
  readonly indices?: readonly Index[];
  readonly assigns?: boolean;
  readonly reductionsAt?: Map<Expression, Token>;
  /** Inside a function: its variables, and nothing else, may be named. */
  readonly variables?: readonly Tensor[];
}

export function expressionParser(read: Reader, scope: Scope, line: Line) {
  const bound: Index[] = [...(line.indices ?? [])];
  let depth = 0;

  /** One level further in; the stack would end somewhere too, but without saying where. */
  function nested<T>(inner: () => T): T {
    depth++;
    if (depth > DEEPEST) {
      read.fail(`nested more than ${DEEPEST} deep`, "give the inner part an equation of its own");
    }
    const e = inner();
    depth--;
    return e;
  }

  function sum(): Expression {
    let e = product();
    for (;;) {
      if (read.take("+")) e = add(e, product());
      else if (read.take("-")) e = sub(e, product());
      else return e;
    }
  }

  function product(): Expression {
    let e = factor();
    for (;;) {
      if (read.take("*")) e = mul(e, factor());
      else if (read.take("/")) e = div(e, factor());
      else return e;
    }
  }

  function factor(): Expression {
    if (read.take("-")) return neg(nested(factor));
    const base = nested(primary);
    return read.take("^") ? power(base, exponent()) : base;
  }

  function exponent(): Expression {
    const token = read.peek();
    if (token.kind === "name" && scope.isScalar(token.text)) return scalar(read.name("a scalar"));
    const sign = read.take("-") ? -1 : 1;
    const value = read.peek().kind === "number" ? Number(read.next().text) : Number.NaN;
    if (!Number.isInteger(value)) {
      read.failAt(token)("expected an integer exponent", "write exp(p*log(x)), or sqrt(x)");
    }
    return number(sign * value);
  }

  function primary(): Expression {
    const token = read.peek();
    if (token.kind === "number") return literal(read.next());
    if (read.take("(")) {
      const inner = sum();
      read.expect(")");
      return inner;
    }
    const name = read.name("a number, a tensor, a function or a sum");
    const [, kind, letter] = /^(sum|Σ|max|mean)_(.*)$/.exec(name) ?? [];
    const isReduction = kind !== undefined && (!letter || isIndexName(letter));
    if (isReduction && !scope.tensors.has(name) && !scope.isGiven(name))
      return reduced(kind, letter, token);
    if (name === "select") return selected();
    if (name === "pi") return number(Math.PI);

    const operation = Object.hasOwn(operations, name) ? (name as OperationName) : undefined;
    const known = operation === undefined ? scope.callable(name) : undefined;
    if (operation !== undefined || known !== undefined)
      return called(name, operation, known, token);
    if (read.is("(")) read.failAt(token)(unknownFunction(name));
    return named(name, token);
  }

  function literal(token: Token): Expression {
    const value = Number(token.text);
    if (Number.isFinite(value)) return number(value);
    return read.failAt(token)(`${token.text} is greater than any number of float64`);
  }

  function reduced(kind: string, letter: string | undefined, token: Token): Expression {
    const letters = !letter ? lettersInBraces() : [letter];
    const over = letters.map((l) => index(l, scope.extent(l, read.failAt(token))));
    bound.push(...over);
    const body = product();
    bound.length -= over.length;

    const name: ReductionName = kind === "max" ? "max" : "sum";
    const reduction: Expression = { kind: "reduction", name, over, body };
    line.reductionsAt?.set(reduction, token);
    if (line.variables !== undefined) read.failAt(token)("a function has no sums over indices");
    if (kind !== "mean") return reduction;
    return over.reduce<Expression>(
      (e, { extent }) => div(e, extent === "rows" ? scalar("N") : number(extent)),
      reduction,
    );
  }

  function lettersInBraces(): string[] {
    const letters: string[] = [];
    read.expect("{");
    do {
      const { text } = read.peek();
      if (letters.includes(text)) read.fail(`index ${text} stands twice under one sum`);
      letters.push(read.name("an index"));
    } while (read.take(","));
    read.expect("}");
    return letters;
  }

  function selected(): Expression {
    read.expect("(");
    const left = sum();
    const relation = read.next();
    if (!["<", "<=", ">", ">=", "="].includes(relation.text)) {
      read.failAt(relation)(`expected <, <=, >, >= or =, got "${relation.text}"`);
    }
    const right = sum();
    read.expect(",");
    const then = sum();
    read.expect(",");
    const otherwise = sum();
    read.expect(")");
    return select([left, relation.text as Relation, right], then, otherwise);
  }

  function called(
    name: string,
    operation: OperationName | undefined,
    known: ReturnType<Scope["callable"]>,
    token: Token,
  ): Expression {
    const args: Expression[] = [];
    if (read.take("(")) {
      do {
        args.push(sum());
      } while (read.take(","));
      read.expect(")");
    } else {
      args.push(nested(primary)); //  log s[n]
      if (read.is("^")) {
        read.fail(
          `without parentheses, ^ after ${name} may mean two things`,
          `write ${name}(x^p) or ${name}(x)^p`,
        );
      }
    }
    const wanted =
      known?.variables.length ?? operations[operation as OperationName].derivatives.length;
    if (args.length !== wanted) {
      read.failAt(token)(
        `${name} takes ${wanted} ${wanted === 1 ? "argument" : "arguments"}, got ${args.length}`,
      );
    }
    if (known !== undefined) return { kind: "call", function: known, arguments: args };
    return apply(operation as OperationName, ...args);
  }

  function named(name: string, token: Token): Expression {
    const fail = read.failAt(token);
    const variable = line.variables?.find((v) => v.name === name);
    if (variable !== undefined) return element(variable);
    if (line.variables !== undefined) {
      fail(`unknown name "${name}"; known: ${line.variables.map((v) => v.name).join(", ")}`);
    }
    if (scope.isScalar(name)) return scalar(name);
    if (read.is("[")) return elementOf(name, token);

    const left = line.indices ?? [];
    // The first sight of y in c[n] = Σ_k (a[n,k] − y)² says that it is y[n,k]
    if (!scope.tensors.has(name) && scope.isGiven(name)) scope.read(name, bound.map(plain), fail);
    const known = scope.tensors.get(name);
    if (known === undefined) {
      return fail(
        `unknown name "${name}"${didYouMean(name, [...scope.tensors.keys()])}`,
        `a parameter is written with its indices: ${name}[…], or ${name}[] for a single number`,
      );
    }
    const indices = [left, bound].find((list) => haveShape(list, known));
    if (indices === undefined) {
      fail(
        `${name} has the extents [${known.shape}], which are not those of the left side`,
        `write ${name}[…]`,
      );
    }
    return checked(element(known, known.shape.length === 0 ? [] : indices), fail);
  }

  function elementOf(name: string, token: Token): Element {
    const places: Place[] = [];
    read.expect("[");
    while (!read.is("]")) {
      places.push(place());
      if (!read.take(",")) break;
    }
    read.expect("]");
    const fail = read.failAt(token);
    return checked(element(scope.read(name, places, fail), places), fail);
  }

  function checked(e: Element, fail: Fail): Element {
    if (e.tensor === line.target && line.assigns !== true) {
      fail(`${e.tensor.name} is defined by itself`, "an update is written with ←");
    }
    return e;
  }

  /** n, t+r, 2*t-1 or id[n] */
  function place(): Place {
    const first = read.peek();
    if (first.kind === "name" && read.is("[", 1)) return lookup(first);
    const parts: AffinePart[] = [];
    let offset = 0;
    let sign = read.take("-") ? -1 : 1;
    for (;;) {
      const factor = read.peek().kind === "number" ? Number(read.next().text) : undefined;
      if (factor !== undefined && !Number.isInteger(factor))
        read.failAt(first)("expected an integer");
      if (factor === undefined || read.take("*")) {
        parts.push({ index: boundIndex(), factor: sign * (factor ?? 1) });
      } else {
        offset += sign * factor;
      }
      if (read.take("+")) sign = 1;
      else if (read.take("-")) sign = -1;
      else return { kind: "affine", parts, offset };
    }
  }

  function boundIndex(): Index {
    const token = read.peek();
    const letter = read.name("an index");
    const found = bound.findLast((i) => i.name === letter);
    return (
      found ??
      read.failAt(token)(
        `index "${letter}" is bound nowhere: it stands neither on the left side nor under a sum around it`,
        `write sum_${letter} in front of the product, or put ${letter} on the left side`,
      )
    );
  }

  function lookup(token: Token): Place {
    const e = nested(() => elementOf(read.name("a tensor of integers"), token));
    const { name, role, count } = e.tensor;
    if (role !== "input")
      read.failAt(token)(`${name} is not an input: only an input can be an index`);
    if (count === undefined) {
      read.failAt(token)(
        `${name} serves as an index`,
        `write extents: { ${name}: … }, how many values it has`,
      );
    }
    return { kind: "lookup", element: e };
  }

  function unknownFunction(name: string): string {
    const known = [...Object.keys(operations), ...(scope.callable.names ?? [])];
    return `unknown function "${name}"${didYouMean(name, known)}`;
  }

  return { sum };
}

const haveShape = (indices: readonly Index[], { shape }: Tensor): boolean =>
  shape.length === 0 ||
  (indices.length === shape.length && indices.every((index, i) => index.extent === shape[i]));
