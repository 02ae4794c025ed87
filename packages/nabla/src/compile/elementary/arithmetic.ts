/** The operations of one precision on all lanes of a vector, from which its functions are made. */

import type { Precision } from "../../equations/memory.ts";
import { global, i32, i32x4, i64x2, type StackVar, v128 } from "../assembler.ts";
import { constantGlobal, lanesOf } from "../lanes.ts";
import { coefficients } from "./coefficients.ts";
import type { Value } from "./values.ts";

/** A number stands for itself in every lane. */
export type Operand = Value | number;

/** Takes its operands from the stack. */
type Instruction = () => StackVar<"v128">;

/** An integer, and a value whose bits end with its bits. */
export interface Integer {
  readonly n: Value;
  readonly bits: Value;
}

interface Bits {
  readonly integer: Pick<typeof i32x4, "add" | "sub" | "shl" | "shr_s">;
  readonly fractionBits: number;
  /** 2 to the power of fractionBits. */
  readonly twoToBits: number;
}

const formats: Readonly<Record<Precision, Bits>> = {
  float32: { integer: i32x4, fractionBits: 23, twoToBits: 0x80_0000 },
  float64: { integer: i64x2, fractionBits: 52, twoToBits: 0x10_0000_0000_0000 },
};

/** In which numbers to compute, and whether x·y + z may be one instruction. */
export interface Format {
  readonly precision: Precision;
  readonly fused: boolean;
}

export type Arithmetic = ReturnType<typeof arithmetic>;

export function arithmetic({ precision, fused }: Format) {
  const { vector } = lanesOf(precision);
  const { integer, fractionBits, twoToBits } = formats[precision];

  const value = (x: Operand): Value => (typeof x === "number" ? constant(precision, x) : x);
  const operation = (emit: Instruction, ...inputs: Operand[]): Value => ({
    inputs: inputs.map(value),
    emit,
  });
  const unary = (emit: Instruction) => (x: Operand) => operation(emit, x);
  const binary = (emit: Instruction) => (x: Operand, y: Operand) => operation(emit, x, y);

  const add = binary(vector.add);
  const sub = binary(vector.sub);
  const mul = binary(vector.mul);
  const multiplyAdd = (x: Operand, y: Operand, z: Operand): Value =>
    fused ? operation(vector.relaxed_madd, x, y, z) : add(z, mul(x, y));
  const abs = unary(vector.abs);
  const or = binary(v128.or);
  const xor = binary(v128.xor);

  // The bits of a number as an integer
  const addBits = binary(integer.add);
  const subBits = binary(integer.sub);
  const byFraction = (shift: Instruction) =>
    unary(() => {
      i32.const(fractionBits);
      return shift();
    });
  const toExponent = byFraction(integer.shl);
  const fromExponent = byFraction(integer.shr_s);
  const exponent = ({ bits }: Integer): Value => toExponent(bits);
  /** Of an integer plus this number, the last bits are those of the integer. */
  const rounder = 1.5 * twoToBits;
  const withoutRounder = (bits: Value): Integer => ({ n: sub(bits, rounder), bits });

  const pairs = (x: Value, c: readonly Operand[]): Operand[] =>
    c.flatMap((even, k) => {
      const odd = c[k + 1];
      if (k % 2 === 1) return [];
      return [odd === undefined ? even : multiplyAdd(x, odd, even)];
    });
  const estrin = (x: Value, c: readonly Operand[]): Value =>
    c.length < 2 ? value(c[0] ?? 0) : estrin(mul(x, x), pairs(x, c));

  return {
    table: coefficients[precision],
    ...{ precision, fused, fractionBits, twoToBits },

    ...{ add, sub, mul, div: binary(vector.div), negate: unary(vector.neg), abs },
    /** x·y + z, rounded once where it is fused, else twice. */
    multiplyAdd,
    /** c[0] + c[1]·x + c[2]·x² + … by Horner's rule: with the fewest operations, each after the last. */
    polynomial: (x: Value, c: readonly number[]): Value =>
      c.slice(0, -1).reduceRight((sum, ck) => multiplyAdd(x, sum, ck), value(c.at(-1) ?? 0)),
    /** The same by Estrin's scheme: as a polynomial of pairs in x², of pairs of them in x⁴, and so on. */
    estrin,
    /** c[0] + c[1]·x, c[2] + c[3]·x, …, of which none waits for another. */
    pairs,

    // The smaller and the larger of x and a bound; x itself where it is NaN
    ...{ atMost: binary(vector.pmin), atLeast: binary(vector.pmax) },
    // Conditions set all bits of a lane or none; NaN fulfils none
    ...{ isLess: binary(vector.lt), isAtMost: binary(vector.le), isEqual: binary(vector.eq) },
    isNaN: (x: Value): Value => operation(vector.ne, x, x),
    ...{ and: binary(v128.and), andNot: binary(v128.andnot), or },
    select: (condition: Value, yes: Operand, no: Operand): Value =>
      operation(v128.bitselect, yes, no, condition),

    /** An odd function from its values, not negative, at |x|. */
    odd(x: Value, define: (magnitude: Value) => Value): Value {
      const magnitude = abs(x);
      return or(define(magnitude), xor(x, magnitude));
    },

    /** The integer nearest to x, for |x| < 2²² or 2⁵¹. */
    nearest: (x: Value): Integer => withoutRounder(add(x, rounder)),
    /** The integer nearest to x·y, where it is as small. */
    nearestToProduct: (x: Value, y: number): Integer => withoutRounder(multiplyAdd(x, y, rounder)),
    /** What `addBits` adds to the exponent of x to make it 2ⁿ·x, where both are normal. */
    exponent,
    ...{ addBits, subBits },
    scale: (x: Operand, n: Integer): Value => addBits(x, exponent(n)),
    /** e and m of x = 2ᵉ·m, √½ ≤ m < √2, for normal x > 0: its bits from those of √½ on are e, fraction. */
    split(x: Value): { e: Value; m: Value } {
      const e = fromExponent(subBits(x, Math.SQRT1_2));
      return { e: sub(addBits(e, rounder), rounder), m: subBits(x, toExponent(e)) };
    },
  };
}

const constant = (precision: Precision, x: number): Value => {
  const kept = constantGlobal(precision, x);
  return { inputs: [], emit: () => global.get(kept) };
};
