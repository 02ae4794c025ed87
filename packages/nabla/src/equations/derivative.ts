/**
 * The scalar rules: ∂f/∂x of an expression f without reductions by one of the elements x in it.
 * Operations bring their own derivatives; a named function uses its claim, if it makes one.
 */

import { internal } from "../errors.ts";
import {
  add,
  type Call,
  type Element,
  type Expression,
  element,
  mul,
  type OperationName,
  same,
  substitute,
  type Tensor,
  zero,
} from "./expression.ts";
import { operations } from "./operations.ts";
import { isNumber, simplify } from "./simplify.ts";

/** One use of a rule: ∂of/∂by = is. */
export interface LocalStep {
  readonly rule: OperationName | "claim" | "definition";
  readonly of: Expression;
  readonly by: Expression;
  readonly is: Expression;
}

/** ∂f/∂x, simplified; the rules used are appended to `steps`. */
export function derivative(f: Expression, x: Element, steps: LocalStep[] = []): Expression {
  return simplify(chain(f, x, steps));
}

/** The sum over the arguments u of f of ∂f/∂u · ∂u/∂x. */
function chain(f: Expression, x: Element, steps: LocalStep[]): Expression {
  if (same(f, x)) return { kind: "number", value: 1 };
  switch (f.kind) {
    case "number":
    case "scalar":
    case "element":
      return zero;
    case "select": {
      const then = chain(f.then, x, steps);
      const otherwise = chain(f.otherwise, x, steps);
      return { ...f, then, otherwise };
    }
    case "operation":
    case "call":
      return f.arguments
        .map((argument, i) => {
          const inner = simplify(chain(argument, x, steps));
          if (isNumber(inner, 0)) return zero;
          return mul(partial(f, i, steps), inner);
        })
        .reduce(add, zero);
    case "reduction":
      throw internal("a reduction inside a term");
    default:
      return f satisfies never;
  }
}

/** ∂f/∂u of the i-th argument u of f. */
function partial(
  f: Extract<Expression, { kind: "operation" | "call" }>,
  i: number,
  steps: LocalStep[],
): Expression {
  const by = f.arguments[i] as Expression;
  if (f.kind === "operation") {
    const [x, y] = f.arguments as [Expression, Expression];
    const is = simplify(operations[f.name].derivatives[i]?.(x, y, f) ?? zero);
    steps.push({ rule: f.name, of: f, by, is });
    return is;
  }
  const claimed = i === 0 && f.function.claim !== undefined;
  const is = claimed ? claimedDerivative(f) : derivedDerivative(f, i);
  steps.push({ rule: claimed ? "claim" : "definition", of: f, by, is });
  return is;
}

/** The claim, with the call's argument and the call itself in it: σ′(z) = σ(z)·(1 − σ(z)). */
function claimedDerivative(call: Call): Expression {
  const { claim } = call.function;
  if (claim === undefined) throw internal(`${call.function.name} makes no claim`);
  return substitute(claim.derivative, new Map([...bindings(call), [claim.result, call]]));
}

/** What the rules derive from the function's definition, whatever it claims. */
export function derivedDerivative(call: Call, i = 0): Expression {
  const variable = call.function.variables[i] as Tensor;
  return substitute(derivative(call.function.value, element(variable)), new Map(bindings(call)));
}

const bindings = (call: Call): [Tensor, Expression][] =>
  call.function.variables.map((v, i) => [v, call.arguments[i] as Expression]);
