/**
 * Expressions → instructions, a vector of lanes or one number at a time. What the same loops compute
 * twice is computed once; what has no tensor in it is computed before the loops.
 */

import {
  type Element,
  type Expression,
  type Index,
  type Operation,
  type Relation,
  walk,
} from "../equations/expression.ts";
import { internal } from "../errors.ts";
import { type Counter, newAddresses, strideAlong } from "./addresses.ts";
import {
  call,
  type Fresh,
  f32,
  f64,
  i32,
  type Local,
  local,
  type StackVar,
  v128,
} from "./assembler.ts";
import { type ElementaryName, elementary, emitElementary, logisticArgument } from "./elementary.ts";
import { newKeys } from "./keys.ts";
import type { Lanes } from "./lanes.ts";
import type { Layout } from "./layout.ts";
import { uniform, uniformParts } from "./uniforms.ts";

type Vector = StackVar<"v128">;
/** One number of the precision at hand; float64 is typed as float32. */
type Scalar = StackVar<"f32">;

export interface Surroundings {
  readonly lanes: Lanes;
  readonly layout: Layout;
  /** Whether a multiplication and an addition may be one instruction. */
  readonly fused: boolean;
  readonly fresh: Fresh;
}

/** Elements that do not lie in the memory, and code without calls: for steps in registers. */
export interface OwnElements {
  /** Pushes an element along the lane at hand. */
  readonly load: (e: Element) => Vector;
}

export type Values = ReturnType<typeof newValues>;

export function newValues({ lanes, layout, fused, fresh }: Surroundings, own?: OwnElements) {
  const { vector, scalar, precision } = lanes;
  const keyOf = newKeys();
  let vectors = new Map<string, Local<"v128">>();
  let scalars = new Map<string, Local<"f32">>();
  /** The lane that vectors run along, and what is worth keeping in a local. */
  let lane: Index | undefined;
  let present = 0;
  let repeated: ReadonlySet<string> = new Set();

  const addresses = newAddresses({
    ...{ lanes, layout, fresh },
    integer: (element) => i32.trunc_sat_f64_s(wide(one(element))),
  });
  const { address, prepare } = addresses;
  /** Elsewhere the lanes of a vector and a single number are to have the same bits. */
  const isContracted = fused && own !== undefined;

  // Scopes: what a loop's body has computed ends with it

  /** Runs `body`; what it has computed is forgotten afterwards. */
  function within(body: () => void): void {
    const saved = [new Map(vectors), new Map(scalars)] as const;
    body();
    [vectors, scalars] = saved;
  }

  /** Runs `body` with an index bound. */
  const bind = (index: Index, counter: Counter, body: () => void): void =>
    within(() => addresses.bind(index, counter, body));

  /** Runs `body` with vectors along `index`, of which the first `count` lanes are elements. */
  function along(index: Index, count: number, body: () => void): void {
    lane = index;
    present = count;
    body();
    lane = undefined;
  }

  /** Says which expressions follow, so that those that come twice are kept. */
  function announce(expressions: readonly Expression[]): void {
    const seen = new Set<string>();
    const twice = new Set<string>();
    for (const root of expressions) {
      for (const e of walk(root)) {
        if (e.kind === "number" || e.kind === "scalar") continue;
        const key = keyOf(e);
        (seen.has(key) ? twice : seen).add(key);
      }
    }
    repeated = twice;
  }

  /** Computes what is the same for the whole run. */
  function hoist(expressions: readonly Expression[]): void {
    for (const e of expressions.flatMap(uniformParts)) {
      const key = keyOf(e);
      if (scalars.has(key)) continue;
      const single = fresh(scalar);
      const all = fresh(v128);
      const value = uniform(e, layout);
      local.set(single, lanes.precision === "float32" ? f32.demote_f64(value) : (value as never));
      local.set(all, vector.splat(local.get(single)));
      scalars.set(key, single);
      vectors.set(key, all);
    }
  }

  // Vectors of lanes

  function many(e: Expression): Vector {
    const key = keyOf(e);
    const known = vectors.get(key);
    if (known !== undefined) return local.get(known);
    if (!repeated.has(key)) return manyNew(e);
    const kept = fresh(v128);
    const value = manyNew(e);
    vectors.set(key, kept);
    return local.tee(kept, value);
  }

  function manyNew(e: Expression): Vector {
    switch (e.kind) {
      case "number":
        return lanes.constant(e.value);
      case "element":
        return own === undefined ? load(e) : own.load(e);
      case "select":
        return v128.bitselect(
          many(e.then),
          many(e.otherwise),
          compare(e.relation, e.left, e.right),
        );
      case "operation":
        return manyOperation(e);
      default:
        throw internal(`${e.kind} in a loop`);
    }
  }

  /** Neighbours are one load, the same element is spread, and others are picked one by one. */
  function load(e: Element): Vector {
    const { offset, push } = address(e);
    const stride = lane === undefined ? 0 : strideAlong(e, lane, layout);
    if (stride === undefined) throw internal(`vectors of ${e.tensor.name} along its lookup`);
    if (stride === 0) return lanes.splatLoad({ offset }, push());
    if (stride === 1) return v128.load({ offset, align: 4 }, push());
    const picked = fresh(v128);
    local.set(picked, lanes.loadFirst({ offset }, push()));
    for (let l = 1; l < present; l++) {
      const at = { offset: offset + l * stride * lanes.bytes };
      local.set(picked, lanes.loadLane(at, l, push(), local.get(picked)));
    }
    return local.get(picked);
  }

  function manyOperation(e: Operation): Vector {
    const [x, y] = e.arguments as [Expression, Expression];
    switch (e.name) {
      case "add":
        return vector.add(many(x), many(y));
      case "subtract": {
        const product = isContracted ? factorsOf(y) : undefined;
        if (product === undefined) return vector.sub(many(x), many(y));
        const [a, b] = product as [Expression, Expression];
        return vector.relaxed_nmadd(many(a), many(b), many(x));
      }
      case "multiply": {
        const rest = isContracted ? (restOf(x, y) ?? restOf(y, x)) : undefined;
        if (rest === undefined) return vector.mul(many(x), many(y));
        return vector.relaxed_nmadd(many(rest.of), many(rest.part), many(rest.of));
      }
      case "divide": {
        const argument = logisticArgument(e);
        if (argument !== undefined) return manyElementary("logistic", argument);
        return vector.div(many(x), many(y));
      }
      case "min":
        return vector.min(many(x), many(y));
      case "max":
        return vector.max(many(x), many(y));
      case "negate":
        return vector.neg(many(x));
      case "abs":
        return vector.abs(many(x));
      case "sqrt":
        return vector.sqrt(many(x));
      case "sign":
        return sign(x);
      case "power":
        return powerOf(x, y);
      default:
        return manyElementary(e.name, x);
    }
  }

  function manyElementary(name: ElementaryName, x: Expression): Vector {
    const format = { precision, fused };
    return own === undefined
      ? call(elementary(name, format), [many(x)])
      : emitElementary(name, format, many(x), fresh);
  }

  /** x·(1 − y), where 1 − y is needed once: it is x − x·y. */
  function restOf(x: Expression, y: Expression) {
    if (y.kind !== "operation" || y.name !== "subtract" || isKept(y)) return undefined;
    const [one, part] = y.arguments as [Expression, Expression];
    return one.kind === "number" && one.value === 1 ? { of: x, part } : undefined;
  }

  /** The factors of a product that is needed once. */
  function factorsOf(e: Expression): readonly Expression[] | undefined {
    const isProduct = e.kind === "operation" && e.name === "multiply";
    return isProduct && !isKept(e) ? e.arguments : undefined;
  }

  const isKept = (e: Expression): boolean => repeated.has(keyOf(e)) || vectors.has(keyOf(e));

  function compare(relation: Relation, x: Expression, y: Expression): Vector {
    const [a, b] = [many(x), many(y)];
    switch (relation) {
      case "<":
        return vector.lt(a, b);
      case "<=":
        return vector.le(a, b);
      case ">":
        return vector.gt(a, b);
      case ">=":
        return vector.ge(a, b);
      case "=":
        return vector.eq(a, b);
      default:
        return relation satisfies never;
    }
  }

  /** 1, −1, or x itself where it is ±0 or NaN. */
  function sign(e: Expression): Vector {
    const x = fresh(v128);
    const zero = (): Vector => lanes.constant(0);
    local.set(x, many(e));
    return v128.bitselect(
      v128.bitselect(lanes.constant(1), lanes.constant(-1), vector.gt(x, zero())),
      local.get(x),
      vector.gt(vector.abs(x), zero()),
    );
  }

  /** xᵖ by repeated squaring, in the order of `integerPower`. */
  function powerOf(e: Expression, exponent: Expression): Vector {
    if (exponent.kind !== "number") throw internal("an exponent that is no number");
    const square = fresh(v128);
    const result = fresh(v128);
    local.set(square, many(e));
    let started = false;
    for (let rest = Math.abs(exponent.value); rest > 0; rest = Math.floor(rest / 2)) {
      if (rest % 2 === 1) {
        local.set(result, started ? vector.mul(result, square) : local.get(square));
        started = true;
      }
      if (rest > 1) local.set(square, vector.mul(square, square));
    }
    if (!started) return lanes.constant(1);
    return exponent.value < 0
      ? vector.div(lanes.constant(1), local.get(result))
      : local.get(result);
  }

  // One number

  function one(e: Expression): Scalar {
    const key = keyOf(e);
    const known = scalars.get(key);
    if (known !== undefined) return local.get(known);
    if (!repeated.has(key)) return oneNew(e);
    const kept = fresh(scalar);
    const value = oneNew(e);
    scalars.set(key, kept);
    return local.tee(kept, value);
  }

  function oneNew(e: Expression): Scalar {
    if (e.kind === "number") return scalar.const(e.value);
    if (e.kind === "element") {
      const { offset, push } = address(e);
      return scalar.load({ offset }, push());
    }
    if (e.kind === "operation") {
      const [x, y] = e.arguments as [Expression, Expression];
      switch (e.name) {
        case "add":
          return scalar.add(one(x), one(y));
        case "subtract":
          return scalar.sub(one(x), one(y));
        case "multiply":
          return scalar.mul(one(x), one(y));
        case "divide":
          if (logisticArgument(e) !== undefined) break;
          return scalar.div(one(x), one(y));
        case "negate":
          return scalar.neg(one(x));
        default:
      }
    }
    // The rest as the first of the lanes: the same instructions, so the same bits
    return vector.extract_lane(0, many(e));
  }

  const wide = (value: Scalar): StackVar<"f64"> =>
    lanes.precision === "float32" ? f64.promote_f32(value) : (value as never);

  return {
    ...{ bind, within, along, announce, prepare, hoist, address, many, one },
    /** `value` is what the element now has; what was computed from its old value is forgotten. */
    keepMany(e: Element, value: Local<"v128">): void {
      forget(vectors, e);
      vectors.set(keyOf(e), value);
    },
    keepOne(e: Element, value: Local<"f32">): void {
      forget(scalars, e);
      scalars.set(keyOf(e), value);
    },
  };

  function forget(kept: Map<string, unknown>, e: Element): void {
    const tensor = keyOf(e).split("[")[0] as string;
    for (const key of kept.keys()) if (key.includes(`${tensor}[`)) kept.delete(key);
  }
}
