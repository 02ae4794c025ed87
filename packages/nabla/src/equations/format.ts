/** Expressions and equations as one line of text, in the notation that `parse.ts` reads. */

import type { Equation, Term } from "./equation.ts";
import type { Element, Expression, Index, Place } from "./expression.ts";

/**
 * `z1[n,j] = Σ_i W1[j,i]·x[n,i] + b1[j]`; an index that has the name of one around it gets a prime.
 */
export function formatEquation({ target, indices, terms, ...marked }: Equation): string {
  const left = `${target.name}${brackets(indices.map(nameIndices(indices)))}`;
  const right = terms.map((term) => formatTerm(term, nameIndices([...indices, ...term.over])));
  const marks = [marked.stabiliser && "stabiliser", marked.training && "training"];
  const line = `${left} = ${right.length === 0 ? "0" : right.reduce(plus)}`;
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

/** a + −b is written a − b. */
const plus = (a: string, b: string): string =>
  b.startsWith("−") ? `${a} − ${b.slice(1)}` : `${a} + ${b}`;

/** How tightly each operation binds; a looser one inside a tighter one stands in parentheses. */
const infix: Readonly<Record<string, readonly [symbol: string, level: number]>> = {
  subtract: [" − ", 1],
  multiply: ["·", 2],
  divide: ["/", 2],
};

function print(e: Expression, names: Naming, level: number): string {
  const at = (own: number, text: string): string => (own < level ? `(${text})` : text);
  switch (e.kind) {
    case "number":
      return e.value < 0 ? at(3, `−${-e.value}`) : String(e.value);
    case "scalar":
      return e.name;
    case "element":
      return formatElement(e, names);
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
      if (e.name === "add") return at(1, plus(print(x, names, 1), print(y, names, 1)));
      const [symbol, own] = infix[e.name] ?? [];
      if (symbol !== undefined && own !== undefined) {
        const before = x.kind === "reduction" ? 3 : own; //  else what follows would be summed, too
        const tighter = e.name === "multiply" ? own : own + 1;
        return at(own, `${print(x, names, before)}${symbol}${print(y, names, tighter)}`);
      }
      if (e.name === "negate") return at(2, `−${print(x, names, 2)}`);
      if (e.name === "power") {
        const exponent = print(y, names, y.kind === "number" ? 0 : 5);
        return at(4, `${print(x, names, 5)}^${exponent}`);
      }
      return `${e.name}(${e.arguments.map((a) => print(a, names, 0)).join(", ")})`;
    }
    default:
      return e satisfies never;
  }
}

/** A parameter without indices keeps its brackets: they tell it from a name that is unknown. */
function formatElement({ tensor, places }: Element, names: Naming): string {
  const inside = places.map((place) => formatPlace(place, names));
  return tensor.name + (tensor.role === "parameter" ? `[${inside}]` : brackets(inside));
}

function formatPlace(place: Place, names: Naming): string {
  if (place.kind === "lookup") return formatElement(place.element, names);
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

/** A later index of the same name gets a prime. */
function nameIndices(indices: readonly Index[]): Naming {
  const names = new Map<Index, string>();
  for (const index of indices) {
    let { name } = index;
    while ([...names.values()].includes(name)) name += "′";
    names.set(index, name);
  }
  return (index) => names.get(index) ?? index.name;
}
