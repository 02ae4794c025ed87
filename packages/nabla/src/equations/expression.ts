/**
 * The one expression form of nabla: a number, a run-time scalar, an element of a tensor, an
 * operation, a call of a named function, a `select`, or a reduction over indices. Everything that a
 * network does is written in it, and every reading (evaluate, differentiate, typeset, compile)
 * takes it and nothing else.
 */

/** How far an index runs: a number, or the rows of a batch, known only at run time. */
export type Extent = number | "rows";

/** An index is an object: two indices of one name are two indices, so nothing can be captured. */
export interface Index {
  readonly name: string;
  readonly extent: Extent;
}

/** A named array. `parameter`s are what is trained; `input`s are given; the others are computed. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly Extent[];
  readonly role: "input" | "parameter" | "computed";
  /** Set where the elements are integers in [0, count), which serve as indices: `E[id[n], d]`. */
  readonly count?: number;
}

/** Where a tensor is read: an affine sum of indices (`n`, `t+r`, `2*t+1`), or an integer element. */
export type Place =
  | { readonly kind: "affine"; readonly parts: readonly AffinePart[]; readonly offset: number }
  | { readonly kind: "lookup"; readonly element: Element };

export interface AffinePart {
  readonly index: Index;
  readonly factor: number;
}

export interface Element {
  readonly kind: "element";
  readonly tensor: Tensor;
  readonly places: readonly Place[];
}

/** The operations; `operations.ts` says what each computes and how it is differentiated. */
export type OperationName =
  | ("add" | "subtract" | "multiply" | "divide" | "negate" | "power")
  | ("exp" | "log" | "log1p" | "expm1" | "tanh" | "erf" | "sqrt")
  | ("abs" | "sign" | "min" | "max");

export interface Operation {
  readonly kind: "operation";
  readonly name: OperationName;
  readonly arguments: readonly Expression[];
}

/** A named function of scalars, defined by an expression: its variables are tensors without indices. */
export interface NamedFunction {
  readonly name: string;
  readonly variables: readonly Tensor[];
  readonly value: Expression;
  /**
   * The claim of a nicer derivative by the first variable, as a textbook makes it: σ′ = a(1 − a). It
   * may use the variables and `result`, the function's value. A test proves it; the rule then uses it.
   */
  readonly claim?: { readonly result: Tensor; readonly derivative: Expression };
}

export interface Call {
  readonly kind: "call";
  readonly function: NamedFunction;
  readonly arguments: readonly Expression[];
}

export type Relation = "<" | "<=" | ">" | ">=" | "=";

/** `select(left relation right, then, otherwise)`; the condition is never differentiated. */
export interface Select {
  readonly kind: "select";
  readonly relation: Relation;
  readonly left: Expression;
  readonly right: Expression;
  readonly then: Expression;
  readonly otherwise: Expression;
}

export type ReductionName = "sum" | "max";

/** Σ_i e or max_i e. Its indices are its own: new for every reduction. */
export interface Reduction {
  readonly kind: "reduction";
  readonly name: ReductionName;
  readonly over: readonly Index[];
  readonly body: Expression;
}

export type Expression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "scalar"; readonly name: string }
  | Element
  | Operation
  | Call
  | Select
  | Reduction;

// Constructors

export const index = (name: string, extent: Extent): Index => ({ name, extent });
export const number = (value: number): Expression => ({ kind: "number", value });
export const scalar = (name: string): Expression => ({ kind: "scalar", name });
export const zero = number(0);
export const one = number(1);

export const plain = (index: Index): Place => ({
  kind: "affine",
  parts: [{ index, factor: 1 }],
  offset: 0,
});

/** A number by name: the z of a formula. */
export const variable = (name: string): Tensor => ({ name, shape: [], role: "input" });

export const element = (tensor: Tensor, places: readonly (Place | Index)[] = []): Element => ({
  kind: "element",
  tensor,
  places: places.map((place) => ("kind" in place ? place : plain(place))),
});

export const apply = (name: OperationName, ...args: readonly Expression[]): Expression => ({
  kind: "operation",
  name,
  arguments: args,
});
export const add = (a: Expression, b: Expression) => apply("add", a, b);
export const sub = (a: Expression, b: Expression) => apply("subtract", a, b);
export const mul = (a: Expression, b: Expression) => apply("multiply", a, b);
export const div = (a: Expression, b: Expression) => apply("divide", a, b);
export const neg = (a: Expression) => apply("negate", a);
export const power = (a: Expression, exponent: Expression) => apply("power", a, exponent);

export const select = (
  [left, relation, right]: readonly [Expression, Relation, Expression],
  then: Expression,
  otherwise: Expression,
): Expression => ({ kind: "select", relation, left, right, then, otherwise });

// Walking

/** The expressions directly inside `e`; a lookup inside a place counts as one. */
export function children(e: Expression): readonly Expression[] {
  switch (e.kind) {
    case "number":
    case "scalar":
      return [];
    case "element":
      return e.places.flatMap((place) => (place.kind === "lookup" ? [place.element] : []));
    case "operation":
    case "call":
      return e.arguments;
    case "select":
      return [e.left, e.right, e.then, e.otherwise];
    case "reduction":
      return [e.body];
    default:
      return e satisfies never;
  }
}

/** `e` with every direct child replaced; places are left alone. */
export function mapChildren(e: Expression, f: (child: Expression) => Expression): Expression {
  switch (e.kind) {
    case "number":
    case "scalar":
    case "element":
      return e;
    case "operation":
    case "call":
      return { ...e, arguments: e.arguments.map(f) };
    case "select":
      return {
        ...e,
        left: f(e.left),
        right: f(e.right),
        then: f(e.then),
        otherwise: f(e.otherwise),
      };
    case "reduction":
      return { ...e, body: f(e.body) };
    default:
      return e satisfies never;
  }
}

/** Every subexpression of `e`, itself first. */
export function walk(e: Expression): Expression[] {
  const found: Expression[] = [];
  const open = [e];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    found.push(next);
    const inner = children(next);
    for (let i = inner.length - 1; i >= 0; i--) open.push(inner[i]!);
  }
  return found;
}

/** The index of a place that is one plain index, else undefined. */
export function plainIndex(place: Place): Index | undefined {
  if (place.kind === "lookup" || place.offset !== 0 || place.parts.length !== 1) return undefined;
  const part = place.parts[0];
  return part?.factor === 1 ? part.index : undefined;
}

/** The indices that a place reads. */
export function indicesOfPlace(place: Place): readonly Index[] {
  return place.kind === "affine"
    ? place.parts.map((part) => part.index)
    : place.element.places.flatMap(indicesOfPlace);
}

/** The indices that `e` reads and no reduction in it binds, in order of appearance. */
export function freeIndices(e: Expression): ReadonlySet<Index> {
  const found = new Set<Index>();
  const visit = (e: Expression, bound: readonly Index[]): void => {
    if (e.kind === "element") {
      for (const i of e.places.flatMap(indicesOfPlace)) if (!bound.includes(i)) found.add(i);
    } else {
      const inner = e.kind === "reduction" ? [...bound, ...e.over] : bound;
      for (const child of children(e)) visit(child, inner);
    }
  };
  visit(e, []);
  return found;
}

// Replacing

export type Renaming = ReadonlyMap<Index, Index>;

export function renamePlace(place: Place, to: Renaming): Place {
  if (place.kind === "lookup") {
    return { kind: "lookup", element: renameElement(place.element, to) };
  }
  const parts = place.parts.map(({ index, factor }) => ({ index: to.get(index) ?? index, factor }));
  return { ...place, parts };
}

const renameElement = (e: Element, to: Renaming): Element => ({
  ...e,
  places: e.places.map((place) => renamePlace(place, to)),
});

/** `e` with indices replaced; `to` never names an index that a reduction of `e` binds. */
export function rename(e: Expression, to: Renaming): Expression {
  if (e.kind === "element") return renameElement(e, to);
  return mapChildren(e, (child) => rename(child, to));
}

/** `e` with each variable, a tensor without indices, replaced by an expression. */
export function substitute(e: Expression, values: ReadonlyMap<Tensor, Expression>): Expression {
  if (e.kind === "element") return values.get(e.tensor) ?? e;
  return mapChildren(e, (child) => substitute(child, values));
}

/** The call's definition with its arguments in it: sigmoid(z) ↦ 1/(1 + exp(−z)). */
export function expand(call: Call): Expression {
  const { variables, value } = call.function;
  return substitute(value, new Map(variables.map((v, i) => [v, call.arguments[i] ?? zero])));
}

// Equality

export function samePlace(a: Place, b: Place): boolean {
  if (a.kind === "lookup" || b.kind === "lookup") {
    return a.kind === "lookup" && b.kind === "lookup" && same(a.element, b.element);
  }
  return (
    a.offset === b.offset &&
    a.parts.length === b.parts.length &&
    a.parts.every((p, i) => p.index === b.parts[i]?.index && p.factor === b.parts[i]?.factor)
  );
}

/** The same tree: same operations, same tensors, same indices. */
export function same(a: Expression, b: Expression): boolean {
  if (a === b) return true;
  if (a.kind === "number") return b.kind === "number" && Object.is(a.value, b.value);
  if (a.kind === "scalar") return b.kind === "scalar" && a.name === b.name;
  if (a.kind === "element") {
    return b.kind === "element" && a.tensor === b.tensor && every(a.places, b.places, samePlace);
  }
  return label(a) === label(b) && every(children(a), children(b), same);
}

/** What distinguishes two nodes of equal children. Reductions bind their own indices: never equal. */
function label(e: Expression): unknown {
  switch (e.kind) {
    case "operation":
      return e.name;
    case "call":
      return e.function;
    case "select":
      return e.relation;
    default:
      return e;
  }
}

const every = <T>(a: readonly T[], b: readonly T[], equal: (a: T, b: T) => boolean): boolean =>
  a.length === b.length && a.every((item, i) => equal(item, b[i] as T));
