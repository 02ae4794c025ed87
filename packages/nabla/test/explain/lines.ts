/** A derivation as plain lines of text, for tests. */

import { formatEquation } from "../../src/equations/format.ts";
import type { Chain, Derivation, Link, Section } from "../../src/explain/derivation.ts";

export const linksOf = ({ sections }: Derivation): Link[] =>
  sections.flatMap(({ chains }) => chains.flatMap(({ links }) => links));

/** The largest error of all links, NaN if any is. */
export const largestError = (derivation: Derivation): number =>
  linksOf(derivation).reduce((most, { verified }) => Math.max(most, verified.maxError), 0);

export function sectionOf({ sections }: Derivation, title: string): Section {
  const found = sections.find((section) => section.title === title);
  if (found === undefined) throw new Error(sections.map((section) => section.title).join("\n"));
  return found;
}

/** The chain of a tensor: `δ2`, `∂c/∂W1`. */
export function chainOf({ chains }: Section, name: string): Chain {
  const found = chains.find(({ left }) => left.tensor.name === name);
  if (found === undefined) throw new Error(chains.map(({ left }) => left.tensor.name).join("\n"));
  return found;
}

/** The right sides. */
export const linesOf = ({ links }: Chain): string[] =>
  links.map(({ equation }) => formatEquation(equation).replace(/^.*? = /, ""));
