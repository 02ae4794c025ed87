/**
 * Algebra that makes a derived expression as short as one would write it by hand: numbers folded,
 * zeros and ones gone, signs in front, equal factors gathered into powers. Sums are not multiplied
 * out. Nothing here knows where an expression comes from.
 */

import {
  add,
  div,
  type Expression,
  mapChildren,
  mul,
  neg,
  number,
  one,
  power,
  type Select,
  same,
  sub,
  zero,
} from "./expression.ts";
import { integerPower } from "./operations.ts";

export function simplify(e: Expression): Expression {
  const inner = mapChildren(e, simplify);
  if (inner.kind === "select") return simplifySelect(inner);
  if (inner.kind !== "operation") return inner;
  switch (inner.name) {
    case "add":
    case "subtract":
      return buildSum(summandsOf(inner));
    case "multiply":
    case "divide":
    case "negate":
    case "power":
      return buildProduct(productOf(inner));
    default:
      return inner;
  }
}

const simplifySelect = (e: Select): Expression => (same(e.then, e.otherwise) ? e.then : e);

export const isNumber = (e: Expression, value: number): boolean =>
  e.kind === "number" && e.value === value;

// Products: numerator/denominator · Π base^exponent

interface Factor {
  readonly base: Expression;
  readonly exponent: number;
}

/** The numbers stay a fraction, so that 1/3 stays exact and readable. */
interface Product {
  readonly numerator: number;
  readonly denominator: number;
  readonly factors: readonly Factor[];
}

function productOf(e: Expression): Product {
  if (e.kind === "number") return { numerator: e.value, denominator: 1, factors: [] };
  if (e.kind === "operation") {
    const [x, y] = e.arguments as [Expression, Expression];
    if (e.name === "negate") {
      const inner = productOf(x);
      return { ...inner, numerator: -inner.numerator };
    }
    if (e.name === "multiply") return times(productOf(x), productOf(y));
    if (e.name === "divide") return times(productOf(x), inverse(productOf(y)));
    if (e.name === "power" && y.kind === "number") {
      const base = productOf(x);
      const product = raised(base, y.value);
      const size = Math.abs(product.numerator / product.denominator);
      const fits = (size > 0 && size < Number.POSITIVE_INFINITY) || base.numerator === 0;
      if (fits) return product; //  (2·x)^5000 stays as it is
    }
  }
  return { numerator: 1, denominator: 1, factors: [{ base: e, exponent: 1 }] };
}

function times(a: Product, b: Product): Product {
  const factors = [...a.factors];
  for (const factor of b.factors) {
    const i = factors.findIndex((known) => same(known.base, factor.base));
    const known = factors[i];
    if (known === undefined) factors.push(factor);
    else factors[i] = { base: known.base, exponent: known.exponent + factor.exponent };
  }
  return {
    ...fraction(a.numerator * b.numerator, a.denominator * b.denominator),
    factors: factors.filter((factor) => factor.exponent !== 0),
  };
}

const inverse = (p: Product): Product => ({
  ...fraction(p.denominator, p.numerator),
  factors: p.factors.map(({ base, exponent }) => ({ base, exponent: -exponent })),
});

function raised(p: Product, exponent: number): Product {
  const size = Math.abs(exponent);
  const result: Product = {
    ...fraction(integerPower(p.numerator, size), integerPower(p.denominator, size)),
    factors: size === 0 ? [] : p.factors.map((f) => ({ ...f, exponent: f.exponent * size })),
  };
  return exponent < 0 ? inverse(result) : result;
}

/** In lowest terms, the sign above. A zero denominator stays as it is: x/0 is the reader's to see. */
function fraction(above: number, below: number): { numerator: number; denominator: number } {
  const sign = below < 0 ? -1 : 1;
  const whole = Number.isSafeInteger(above) && Number.isSafeInteger(below);
  if (whole && below !== 0) {
    const divisor = sign * gcd(Math.abs(above), Math.abs(below));
    return { numerator: above / divisor, denominator: below / divisor };
  }
  const quotient = above / below;
  const exact = Number.isFinite(quotient) && quotient * below === above; //  0.02/2 = 0.01
  return exact ? { numerator: quotient, denominator: 1 } : { numerator: above, denominator: below };
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

function buildProduct(p: Product): Expression {
  if (p.numerator === 0 && p.denominator !== 0) return zero;
  if (p.factors.length === 0 && p.denominator === 1) return number(p.numerator);
  const masked = splitBySelect(p);
  if (masked !== undefined) return masked;

  const size = Math.abs(p.numerator);
  const above = p.factors.filter((f) => f.exponent > 0).map(raisedFactor);
  const below = p.factors
    .filter((f) => f.exponent < 0)
    .map(({ base, exponent }) => raisedFactor({ base, exponent: -exponent }));

  // 1/2·x² and 2/N·x keep their number in front; x/3 and (a − y)/N end with it
  const inFront = p.denominator !== 1 && above.length > 0;
  const coefficient = inFront ? div(number(size), number(p.denominator)) : number(size);
  if (p.denominator !== 1 && !inFront) below.unshift(number(p.denominator));
  if (above.length === 0 || inFront || size !== 1) above.unshift(coefficient);

  const top = above.reduce(mul);
  const quotient = below.length === 0 ? top : div(top, below.reduce(mul));
  return p.numerator < 0 ? neg(quotient) : quotient;
}

const raisedFactor = ({ base, exponent }: Factor): Expression =>
  exponent === 1 ? base : power(base, number(exponent));

/** x·select(c, 0, 1) = select(c, 0, x): an infinite x must not meet the 0. */
function splitBySelect(p: Product): Expression | undefined {
  const at = p.factors.findIndex(
    ({ base, exponent }) => exponent === 1 && base.kind === "select" && hasZeroBranch(base),
  );
  const factor = p.factors[at]?.base;
  if (factor?.kind !== "select") return undefined;
  const rest = { ...p, factors: p.factors.filter((_, i) => i !== at) };
  if (rest.factors.length === 0 && rest.numerator === 1 && rest.denominator === 1) return factor;
  const with_ = (branch: Expression): Expression => buildProduct(times(rest, productOf(branch)));
  return simplifySelect({
    ...factor,
    then: with_(factor.then),
    otherwise: with_(factor.otherwise),
  });
}

const hasZeroBranch = (e: Select): boolean =>
  [e.then, e.otherwise].some((b) => isNumber(b, 0) || (b.kind === "select" && hasZeroBranch(b)));

// Sums: Σ coefficient · rest

interface Summand {
  readonly numerator: number;
  readonly denominator: number;
  readonly rest: Expression;
}

function summandsOf(e: Expression): Summand[] {
  if (e.kind === "operation" && (e.name === "add" || e.name === "subtract")) {
    const [x, y] = e.arguments as [Expression, Expression];
    const second = summandsOf(y);
    const sign = e.name === "add" ? 1 : -1;
    return merge([
      ...summandsOf(x),
      ...second.map((s) => ({ ...s, numerator: sign * s.numerator })),
    ]);
  }
  const { numerator, denominator, factors } = productOf(e);
  if (e.kind === "operation" && e.name === "negate") {
    const [x] = e.arguments as [Expression];
    if (x.kind === "operation" && (x.name === "add" || x.name === "subtract")) {
      return summandsOf(x).map((s) => ({ ...s, numerator: -s.numerator }));
    }
  }
  return [
    { numerator, denominator, rest: buildProduct({ numerator: 1, denominator: 1, factors }) },
  ];
}

/** Like summands are added up where that is exact in whole numbers. */
function merge(summands: readonly Summand[]): Summand[] {
  const merged: Summand[] = [];
  for (const s of summands) {
    const i = merged.findIndex((known) => same(known.rest, s.rest));
    const known = merged[i];
    if (known === undefined) merged.push(s);
    else {
      const numerator = known.numerator * s.denominator + s.numerator * known.denominator;
      merged[i] = { ...fraction(numerator, known.denominator * s.denominator), rest: s.rest };
    }
  }
  return merged.filter((s) => s.numerator !== 0);
}

function buildSum(summands: readonly Summand[]): Expression {
  const first = Math.max(
    0,
    summands.findIndex((s) => s.numerator > 0),
  ); //  a − y, not −y + a
  const ordered = [...summands.slice(first, first + 1), ...summands.filter((_, i) => i !== first)];
  const [head, ...tail] = ordered;
  if (head === undefined) return zero;
  return tail.reduce((sum, s) => {
    const size = buildSummand({ ...s, numerator: Math.abs(s.numerator) });
    return s.numerator < 0 ? sub(sum, size) : add(sum, size);
  }, buildSummand(head));
}

const buildSummand = ({ numerator, denominator, rest }: Summand): Expression =>
  buildProduct(
    times({ numerator, denominator, factors: [] }, productOf(isNumber(rest, 1) ? one : rest)),
  );
