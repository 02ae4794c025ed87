/** Expressions and equations as one line of text, in the notation that `parse.ts` reads. */

import type { Equation, Term } from "./equation.ts";
import {
  type Expression,
  freeIndices,
  type Index,
  indicesOfPlace,
  type Place,
} from "./expression.ts";

/** `z1[n,j] = Σ_i W1[j,i]·x[n,i] + b1[j]`; different indices of one name are told apart by primes. */
export function formatEquation(equation: Equation): string {
  const names = nameIndices(equation);
  const left = `${equation.target.name}${brackets(equation.indices.map(names))}`;
  const right = equation.terms.map((term) => formatTerm(term, names));
  const marks = [equation.stabiliser && "stabiliser", equation.training && "training"];
  const line = `${left} = ${right.join(" + ") || "0"}`;
  return [line, ...marks.filter((mark) => mark !== undefined)].join("   ");
}

/** The expression, its indices under their own names. */
export const formatExpression = (e: Expression): string => print(e, (i) => i.name, 0);

type Naming = (index: Index) => string;

function formatTerm({ reduction, over, where, body }: Term, names: Naming): string {
  const sign = reduction === "sum" ? "Σ" : "max";
  const deltas = where.map((d) => `[${names(d.index)} = ${formatPlace(d.place, names)}]·`).join("");
  const inner = over.length + where.length > 0 ? print(body, names, 2) : print(body, names, 0);
  if (over.length === 0) return `${deltas}${inner}`;
  const letters = over.map(names);
  return `${sign}_${letters.length === 1 ? letters[0] : `{${letters}}`} ${deltas}${inner}`;
}

/** How tightly each operation binds; a looser one inside a tighter one stands in parentheses. */
const infix: Readonly<Record<string, readonly [symbol: string, level: number]>> = {
  add: [" + ", 1],
  subtract: [" − ", 1],
  multiply: ["·", 2],
  divide: ["/", 2],
};

function print(e: Expression, names: Naming, level: number): string {
  const at = (own: number, text: string): string => (own < level ? `(${text})` : text);
  switch (e.kind) {
    case "number":
      return e.value < 0 ? at(3, String(e.value)) : String(e.value);
    case "scalar":
      return e.name;
    case "element":
      return `${e.tensor.name}${brackets(e.places.map((place) => formatPlace(place, names)))}`;
    case "call":
      return `${e.function.name}(${e.arguments.map((a) => print(a, names, 0)).join(", ")})`;
    case "select": {
      const relation = `${print(e.left, names, 0)} ${e.relation} ${print(e.right, names, 0)}`;
      return `select(${relation}, ${print(e.then, names, 0)}, ${print(e.otherwise, names, 0)})`;
    }
    case "reduction":
      return at(2, formatTerm({ reduction: e.name, over: e.over, where: [], body: e.body }, names));
    case "operation": {
      const [x, y] = e.arguments as [Expression, Expression];
      const [symbol, own] = infix[e.name] ?? [];
      if (symbol !== undefined && own !== undefined) {
        const tighter = e.name === "add" || e.name === "multiply" ? own : own + 1;
        return at(own, `${print(x, names, own)}${symbol}${print(y, names, tighter)}`);
      }
      if (e.name === "negate") return at(2, `−${print(x, names, 3)}`);
      if (e.name === "power") return at(4, `${print(x, names, 5)}^${print(y, names, 5)}`);
      return `${e.name}(${e.arguments.map((a) => print(a, names, 0)).join(", ")})`;
    }
    default:
      return e satisfies never;
  }
}

function formatPlace(place: Place, names: Naming): string {
  if (place.kind === "lookup") return print(place.element, names, 0);
  const parts = place.parts.map(({ index, factor }) => {
    const size = Math.abs(factor) === 1 ? "" : `${Math.abs(factor)}*`;
    return `${factor < 0 ? "-" : "+"}${size}${names(index)}`;
  });
  if (place.offset !== 0 || parts.length === 0) {
    parts.push(`${place.offset < 0 ? "-" : "+"}${Math.abs(place.offset)}`);
  }
  return parts.join("").replace(/^\+/, "");
}

const brackets = (places: readonly string[]): string =>
  places.length === 0 ? "" : `[${places.join(",")}]`;

/** The left side's indices keep their names; a later one of the same name gets a prime. */
function nameIndices(equation: Equation): Naming {
  const names = new Map<Index, string>();
  const add = (index: Index): void => {
    if (names.has(index)) return;
    let name = index.name;
    while ([...names.values()].includes(name)) name += "′";
    names.set(index, name);
  };
  equation.indices.forEach(add);
  for (const { over, where, body } of equation.terms) {
    over.forEach(add);
    for (const delta of where) indicesOfPlace(delta.place).forEach(add);
    freeIndices(body).forEach(add);
  }
  return (index) => names.get(index) ?? index.name;
}
