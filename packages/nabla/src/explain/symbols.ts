/** Makes the tensors and functions that only a derivation speaks of, each once. */

import { derivative } from "../equations/derivative.ts";
import {
  type Call,
  element,
  type NamedFunction,
  type Tensor,
  variable,
} from "../equations/expression.ts";
import type { FunctionSymbol, Symbols, TensorSymbol } from "./derivation.ts";

export interface SymbolTable extends Symbols {
  /** ∂of/∂by */
  gradient(of: Tensor, by: Tensor): Tensor;
  /** ∂of[o]/∂by[q] */
  partial(of: Tensor, by: Tensor): Tensor;
  /** The short name of a gradient: δ1 = ∂C/∂z1. */
  delta(gradient: Tensor, name: string): Tensor;
  /** d/dby of its argument. */
  derivative(by: Tensor): NamedFunction;
  /** f′ */
  prime(of: NamedFunction): NamedFunction;
}

/** f(z), f of its own variables. */
export const ownCall = (f: NamedFunction): Call => ({
  kind: "call",
  function: f,
  arguments: f.variables.map((v) => element(v)),
});

const primes = new WeakMap<NamedFunction, NamedFunction>();

/** f′, the derivative of f by its first variable, each once. */
export function primeOf(f: NamedFunction): NamedFunction {
  const known = primes.get(f);
  if (known !== undefined) return known;
  const { name, variables } = f;
  const z = element(variables[0] as Tensor);
  const prime = { name: `${name}′`, variables, value: derivative(ownCall(f), z) };
  primes.set(f, prime);
  return prime;
}

/** `opaque`: functions of which only a symbol is shown, f′ ↦ f. */
export function newSymbols(
  opaque: ReadonlyMap<NamedFunction, NamedFunction> = new Map(),
): SymbolTable {
  const tensors = new Map<Tensor, TensorSymbol>();
  const functions = new Map<NamedFunction, FunctionSymbol>(
    [...opaque].map(([prime, of]) => [prime, { kind: "prime", of }]),
  );
  const names = new Map<Tensor, Tensor>();
  const derivatives = new Map<Tensor, NamedFunction>();
  const known = new Map<string, Map<Tensor, Map<Tensor, Tensor>>>();

  const symbol = (kind: TensorSymbol["kind"], of: Tensor, by: Tensor): Tensor => {
    const ofKind = known.get(kind) ?? new Map<Tensor, Map<Tensor, Tensor>>();
    known.set(kind, ofKind);
    const byOf = ofKind.get(of) ?? new Map<Tensor, Tensor>();
    ofKind.set(of, byOf);
    const shape = kind === "gradient" ? by.shape : [...of.shape, ...by.shape];
    const made = byOf.get(by) ?? { name: `∂${of.name}/∂${by.name}`, shape, role: "computed" };
    byOf.set(by, made);
    tensors.set(made, { kind, of, by });
    return made;
  };

  return {
    ...{ tensors, functions, names },
    gradient: (of, by) => symbol("gradient", of, by),
    partial: (of, by) => symbol("partial", of, by),
    delta(gradient, name) {
      const made: Tensor = { name, shape: gradient.shape, role: "computed" };
      names.set(made, gradient);
      return made;
    },
    derivative(by) {
      const made = derivatives.get(by);
      if (made !== undefined) return made;
      const u = variable("u");
      const f: NamedFunction = { name: `d/d${by.name}`, variables: [u], value: element(u) };
      derivatives.set(by, f);
      functions.set(f, { kind: "derivative", by });
      return f;
    },
    prime(of) {
      const f = primeOf(of);
      functions.set(f, { kind: "prime", of });
      return f;
    },
  };
}
