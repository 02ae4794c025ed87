/** What a computation needs of the derivation: the last line of each chain, from the cost to the inputs. */

import { tensorsOf } from "../../equations/equation.ts";
import type { Tensor } from "../../equations/expression.ts";
import { internal } from "../../errors.ts";
import type { Symbols } from "../derivation.ts";
import type { DraftChain, DraftSection } from "../proof/verify.ts";
import { markRepeats } from "./repeats.ts";

export function summarySection(
  { chains, ...section }: DraftSection,
  symbols: Symbols,
): DraftSection {
  const needed = neededChains(chains, symbols);
  return {
    ...section,
    title: "Summary, right to left",
    text: ["In this order each line needs only what stands above it, and the forward pass."],
    chains: markRepeats(
      needed.map(({ left, links }) => ({
        left,
        links: links.slice(-1).map((link) => ({
          ...link,
          rule: "summary" as const,
          reason: reasonFor(left.tensor, symbols),
        })),
      })),
    ),
  };
}

function reasonFor(tensor: Tensor, { tensors, names }: Symbols): string {
  const by = tensors.get(names.get(tensor) ?? tensor)?.by;
  if (by === undefined) throw internal(`${tensor.name} is no gradient`);
  return by.role === "parameter" ? `moves ${by.name}` : `how the cost changes with ${by.name}`;
}

/** The gradients of parameters, and what their last lines read. */
function neededChains(chains: readonly DraftChain[], { tensors }: Symbols): DraftChain[] {
  const needed = new Set<Tensor>();
  const kept: DraftChain[] = [];
  for (const chain of chains.toReversed()) {
    const { tensor } = chain.left;
    const isGradient = tensors.get(tensor)?.by.role === "parameter";
    if (!needed.has(tensor) && !isGradient) continue;
    kept.push(chain);
    for (const read of chain.links.slice(-1).flatMap(({ equation }) => [...tensorsOf(equation)])) {
      needed.add(read);
    }
  }
  return kept.reverse();
}
