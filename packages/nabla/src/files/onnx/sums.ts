/**
 * Reductions → nodes. What does not depend on the indices summed over stands before the sum:
 *
 *     Σ_i A[n,i]·B[j,i]        Gemm, whatever the order of the axes
 *     Σ of other products      Einsum
 *     Σ_r f, max_r f           ReduceSum, ReduceMax
 */

import type { Term } from "../../equations/equation.ts";
import { div, type Expression, freeIndices, type Index, mul } from "../../equations/expression.ts";
import { noOperator, type Place, writeExpression, writer } from "./expressions.ts";
import type { Name } from "./graph.ts";
import { aligned, type Value } from "./values.ts";

/** The value of one term of an equation. */
export function writeTerm(term: Term, place: Place): Value {
  const { reduction, over, where, body } = term;
  if (where.length > 0)
    throw noOperator(place, { what: "a sum scattered to places", remedy: "write it as a sum" });
  if (over.length === 0) return writeExpression(body, place);
  if (reduction === "max")
    return reduced("ReduceMax", { value: writeExpression(body, place), over, place });
  return writeSum(body, over, place);
}

/** Two matrices that the term is the product of: each has the index summed over and one of its own. */
export function matricesOf(
  { reduction, over: [r, ...others], body }: Term,
  place: Place,
): readonly [Value, Value] | undefined {
  if (reduction !== "sum" || r === undefined || others.length > 0) return undefined;
  if (body.kind !== "operation" || body.name !== "multiply") return undefined;
  const [a, b] = body.arguments.map((factor) => writeExpression(factor, place)) as [Value, Value];
  return areMatrices(a, b, r) ? [a, b] : undefined;
}

const areMatrices = (a: Value, b: Value, r: Index): boolean => {
  const [p, q] = [a, b].map(({ axes }) => axes.find((i) => i !== r));
  return p !== q && [a, b].every(({ axes }) => axes.length === 2 && axes.includes(r));
};

/** Σ_r A·B, plus a value that has no other axes than the product. */
export function matrixProduct(
  [a, b]: readonly [Value, Value],
  { plus, place }: { readonly plus?: Value | undefined; readonly place: Place },
): Value {
  const { graph, order } = place;
  const isShared = (i: Index) => a.axes.includes(i) && b.axes.includes(i);
  const axes = order.filter((i) => !isShared(i) && (a.axes.includes(i) || b.axes.includes(i)));
  const [first, second] = a.axes.includes(axes[0]!) ? [a, b] : [b, a];
  const attributes = {
    transA: { int: Number(isShared(first.axes[0]!)) },
    transB: { int: Number(isShared(second.axes[1]!)) },
  };
  const inputs = [first.name, second.name];
  const fits = plus?.axes.every((i) => axes.includes(i));
  if (plus !== undefined && fits) inputs.push(aligned(graph, plus, axes));
  const product = { name: graph.node("Gemm", inputs, { attributes }), axes };
  return plus === undefined || fits ? product : writer(place).apply("Add", plus, product);
}

function writeSum(body: Expression, over: readonly Index[], place: Place): Value {
  const { apply, number } = writer(place);
  const depends = (e: Expression): boolean => {
    const free = freeIndices(e);
    return over.some((i) => free.has(i));
  };
  const { sign, factors, divisors } = productOf(body);
  const inside = factors.filter(depends);
  const below = divisors.filter(depends);

  // An index that nothing depends on only counts
  const free = new Set([...inside, ...below].flatMap((e) => [...freeIndices(e)]));
  const idle = over.filter((i) => !free.has(i));
  const count = idle.reduce<number>((n, { extent }) => n * (extent as number), sign);
  const bound = over.filter((i) => free.has(i));

  const outside = factors.filter((e) => !depends(e)).map((e) => writeExpression(e, place));
  const summed = bound.length === 0 ? [] : [sumOf({ inside, below, bound }, place)];
  const values = [...summed, ...outside, ...(count === 1 ? [] : [number(count)])];
  const product = values.reduce<Value | undefined>(
    (a, b) => (a ? apply("Mul", a, b) : b),
    undefined,
  );
  return divisors
    .filter((e) => !depends(e))
    .map((e) => writeExpression(e, place))
    .reduce((a, b) => apply("Div", a, b), product ?? number(1));
}

interface Inner {
  readonly inside: readonly Expression[];
  readonly below: readonly Expression[];
  readonly bound: readonly Index[];
}

/** Σ over all of `bound` of the factors `inside`, divided by those `below`. */
function sumOf({ inside, below, bound }: Inner, place: Place): Value {
  const values = inside.map((e) => writeExpression(e, place));
  if (below.length === 0 && values.length > 1) return contracted(values, bound, place);
  const one: Expression = { kind: "number", value: 1 };
  const product = inside.length === 0 ? one : inside.reduce((a, b) => mul(a, b));
  const value = writeExpression(
    below.reduce((a, b) => div(a, b), product),
    place,
  );
  return reduced("ReduceSum", { value, over: bound, place });
}

/** Σ over all of `bound` of a product. */
function contracted(values: readonly Value[], bound: readonly Index[], place: Place): Value {
  const [a, b, ...others] = values as [Value, Value, ...Value[]];
  const [r, ...more] = bound as [Index, ...Index[]];
  if (others.length === 0 && more.length === 0 && areMatrices(a, b, r))
    return matrixProduct([a, b], { place });

  const { graph, order } = place;
  const axes = order.filter(
    (i) => !bound.includes(i) && values.some((value) => value.axes.includes(i)),
  );
  const letters = [...axes, ...bound];
  const word = (indices: readonly Index[]): string =>
    indices.map((i) => String.fromCharCode(97 + letters.indexOf(i))).join("");
  const equation = `${values.map((value) => word(value.axes)).join(",")}->${word(axes)}`;
  const attributes = { equation: { string: equation } };
  return {
    name: graph.node(
      "Einsum",
      values.map(({ name }) => name),
      { attributes },
    ),
    axes,
  };
}

interface Reduced {
  readonly value: Value;
  readonly over: readonly Index[];
  readonly place: Place;
}

/** The value without these axes. In opset 13 sums take them as an input, maxima as an attribute. */
function reduced(operator: "ReduceSum" | "ReduceMax", { value, over, place }: Reduced): Value {
  const { graph } = place;
  const gone = value.axes.flatMap((i, d) => (over.includes(i) ? [d] : []));
  const axes = value.axes.filter((i) => !over.includes(i));
  if (gone.length === 0) return value;
  const keepdims = { int: 0 };
  const name: Name =
    operator === "ReduceSum"
      ? graph.node(operator, [value.name, graph.integers(gone)], { attributes: { keepdims } })
      : graph.node(operator, [value.name], { attributes: { axes: { ints: gone }, keepdims } });
  return { name, axes };
}

interface Product {
  readonly sign: 1 | -1;
  readonly factors: readonly Expression[];
  readonly divisors: readonly Expression[];
}

/** The factors of a product, and of its fractions. */
function productOf(e: Expression): Product {
  if (e.kind !== "operation") return { sign: 1, factors: [e], divisors: [] };
  const [x, y] = e.arguments as [Expression, Expression];
  switch (e.name) {
    case "negate": {
      const { sign, ...product } = productOf(x);
      return { ...product, sign: sign === 1 ? -1 : 1 };
    }
    case "multiply": {
      const [a, b] = [productOf(x), productOf(y)];
      return {
        sign: a.sign === b.sign ? 1 : -1,
        factors: [...a.factors, ...b.factors],
        divisors: [...a.divisors, ...b.divisors],
      };
    }
    case "divide": {
      const a = productOf(x);
      return { ...a, divisors: [...a.divisors, y] };
    }
    default:
      return { sign: 1, factors: [e], divisors: [] };
  }
}
