/** Chains that are the same up to names: hidden layers of one kind are told once. */

import { formatEquation } from "../../equations/format.ts";
import type { DraftChain } from "../proof/verify.ts";

/** Marks each chain that repeats an earlier one. */
export function markRepeats(chains: readonly DraftChain[]): DraftChain[] {
  const told = new Map<string, DraftChain>();
  return chains.map((chain) => {
    const key = withoutNames(chain);
    const first = told.get(key);
    if (first !== undefined) return { ...chain, repeats: first.left };
    told.set(key, chain);
    return chain;
  });
}

/** The chain as text, its tensors and letters numbered by appearance; functions keep their names. */
function withoutNames({ links }: DraftChain): string {
  const numbers = new Map<string, number>();
  const lines = links.map(({ equation, rule }) => `${rule}: ${formatEquation(equation)}`);
  return lines.join("\n").replaceAll(NAME, (name) => {
    if (!numbers.has(name)) numbers.set(name, numbers.size);
    return `#${numbers.get(name)}`;
  });
}

/** ∂C/∂z1, or a name that is not a function's. */
const NAME = /∂[\p{L}\p{N}_]+\/∂[\p{L}\p{N}_]+|\p{L}[\p{L}\p{N}_′]*(?![\p{L}\p{N}_′(])/gu;
