/** Expressions as JavaScript. */

import type {
  Element,
  Expression,
  Index,
  NamedFunction,
  OperationName,
  Place,
  Tensor,
} from "../../equations/expression.ts";
import type { JsNames } from "./names.ts";

/** What expressions need besides themselves. */
export interface Needs {
  readonly names: JsNames;
  /** Functions that the module has to define: their names, and their text. */
  readonly functions: Map<string, string>;
}

/** How tightly each operation binds. */
const infix: Readonly<Partial<Record<OperationName, readonly [symbol: string, level: number]>>> = {
  add: ["+", 1],
  subtract: ["-", 1],
  multiply: ["*", 2],
  divide: ["/", 2],
};

/** An expression that stands where an operation of this level is around it. */
export function jsOf(e: Expression, needs: Needs, level = 0): string {
  const at = (own: number, text: string): string => (own < level ? `(${text})` : text);
  const args = (list: readonly Expression[]) => list.map((a) => jsOf(a, needs)).join(", ");
  switch (e.kind) {
    case "number":
      return e.value < 0 || Object.is(e.value, -0) ? at(3, numberText(e.value)) : String(e.value);
    case "scalar":
      return "Number.NaN"; //  N, how many rows there are to train on
    case "element":
      return elementText(e, needs.names);
    case "call":
      return `${functionOf(e.function, needs)}(${args(e.arguments)})`;
    case "select": {
      const [left, right] = [jsOf(e.left, needs, 1), jsOf(e.right, needs, 1)];
      const relation = e.relation === "=" ? "===" : e.relation;
      const [then, otherwise] = [jsOf(e.then, needs, 1), jsOf(e.otherwise, needs, 1)];
      return `(${left} ${relation} ${right} ? ${then} : ${otherwise})`;
    }
    case "operation": {
      const [symbol, own = 0] = infix[e.name] ?? [];
      const [x, y] = e.arguments as [Expression, Expression];
      if (symbol !== undefined)
        return at(own, `${jsOf(x, needs, own)} ${symbol} ${jsOf(y, needs, own + 1)}`);
      if (e.name === "negate") return at(3, `-${jsOf(x, needs, 4)}`);
      return `${operationOf(e.name, needs)}(${args(e.arguments)})`;
    }
    case "reduction":
      throw new Error("internal: a reduction inside a term");
    default:
      return e satisfies never;
  }
}

export const numberText = (value: number): string => (Object.is(value, -0) ? "-0" : String(value));

/** `W1[j * 3 + i]` */
export function elementText({ tensor, places }: Element, names: JsNames): string {
  const terms = places.flatMap((place, d) => placeTerms(place, strideOf(tensor, d), names));
  const sum = terms.join(" + ").replaceAll("+ -", "- ");
  return `${names.of(tensor)}[${sum === "" ? "0" : sum}]`;
}

/** How far apart neighbours along a place lie; rows come first, and nothing lies outside them. */
const strideOf = ({ shape }: Tensor, d: number): number =>
  shape.slice(d + 1).reduce<number>((size, extent) => size * (extent as number), 1);

function placeTerms(place: Place, stride: number, names: JsNames): string[] {
  const times = (factor: number, text: string): string =>
    factor === 1
      ? text
      : factor === -1
        ? `-${text}`
        : `${text} * ${factor}`.replace(/^(.*) \* -(\d+)$/, "-$1 * $2");
  if (place.kind === "lookup") return [times(stride, elementText(place.element, names))];
  const parts = place.parts.map(({ index, factor }) => times(factor * stride, names.of(index)));
  return place.offset === 0 ? parts : [...parts, String(place.offset * stride)];
}

/** The extent of an index: a number, or the count of the rows. */
export const extentText = ({ extent }: Index): string => (extent === "rows" ? "rows" : `${extent}`);

/** A function of the equations, defined in the module where it is used. */
function functionOf(known: NamedFunction, needs: Needs): string {
  const name = known.name;
  if (needs.functions.has(name)) return name;
  needs.functions.set(name, ""); //  its place comes before those of what it calls
  const own: Needs = { ...needs, names: parameterNames };
  const parameters = known.variables.map(({ name }) => name).join(", ");
  const body = jsOf(known.value, own).replaceAll("[0]", "");
  needs.functions.set(name, `const ${name} = (${parameters}) => ${body};`);
  return name;
}

/** Variables are elements without indices: z, not z[0]. */
const parameterNames: JsNames = {
  ...{ of: ({ name }) => name, take: (name) => name },
  inner: () => parameterNames,
};

const ERF = `/** 2/√π ∫₀ˣ e^(−t²) dt: by its Taylor series below 1, by a continued fraction above. */
function erf(x) {
  const a = Math.abs(x);
  if (!(a < 6)) return Number.isNaN(x) ? x : Math.sign(x);
  if (a < 1) {
    let series = 0;
    for (let n = 20; n > 0; n--) series = ((-x * x) / n) * (1 / (2 * n + 1) + series);
    return x + x * (0.12837916709551256 + (2 / Math.sqrt(Math.PI)) * series);
  }
  let fraction = a;
  for (let n = Math.ceil(200 / (a * a)); n > 0; n--) fraction = a + n / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / fraction);
}`;

const POWER = `/** xᵖ for an integer p, by repeated squaring. */
function power(x, p) {
  let result = 1;
  let square = x;
  for (let rest = Math.abs(p); rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
    square *= square;
  }
  return p < 0 ? 1 / result : result;
}`;

/** The names that the module may define for operations. */
export const ownFunctions: Readonly<Record<string, string>> = { erf: ERF, power: POWER };

function operationOf(name: OperationName, { functions }: Needs): string {
  const own = ownFunctions[name];
  if (own === undefined) return `Math.${name}`;
  functions.set(name, own);
  return name;
}
