/** The sections of the backward pass: first one row, then a batch. */

import { differentiate, type Gradients } from "../../equations/differentiate.ts";
import { type Equation, neededFor } from "../../equations/equation.ts";
import type { EquationSystem } from "../../equations/system.ts";
import { adjointChains } from "../chains/adjoints.ts";
import type { Draws } from "../proof/points.ts";
import type { DraftSection } from "../proof/verify.ts";
import type { SymbolTable } from "../symbols.ts";
import { distributionSection } from "./distributions.ts";
import { definitions } from "./forward.ts";
import { hiddenLayersSection } from "./hidden-layers.ts";
import { oneRow } from "./one-row.ts";
import { markRepeats } from "./repeats.ts";
import { summarySection } from "./summary.ts";

interface Setting {
  readonly symbols: SymbolTable;
  readonly draws: Draws;
}

/** What the rule made beside the adjoints: the numbers of ties of a maximum. */
export function helpersOf({ equations, adjoints }: Gradients): Equation[] {
  const own = new Set(adjoints.map(({ equation }) => equation));
  return equations.filter((equation) => !own.has(equation));
}

/** The backward pass of one row; its hidden layers once; and for targets that add up to 1. */
export function oneRowSections(
  forward: readonly Equation[],
  { cost: whole, outputs, parameters, targets }: EquationSystem,
  { symbols, draws }: Setting,
): DraftSection[] {
  const costLast = [...forward].sort(
    (a, b) => Number(a.target === whole) - Number(b.target === whole),
  );
  const row = oneRow(costLast);
  if (row === undefined) return [];
  const { equations, cost, all } = row;
  const traced = differentiate(equations, cost, parameters);
  const about = [...neededFor([cost, row.tensor(outputs)], all), ...helpersOf(traced)];
  const backward = { forward: about, cost, adjoints: traced.adjoints, symbols };
  const chains = adjointChains(backward);
  if (chains.length === 0) return [];
  const known = new Set(forward.map(({ target }) => row.tensor(target)));
  const added = about.filter(({ target }) => !known.has(target));
  const rows = forward.flatMap(({ indices }) => indices).find((i) => i.extent === "rows");
  const one = `So first one row, and its cost ${cost.name}`;
  const text = [
    `Rows meet only in ${whole.name}. ${one}; the index ${rows?.name ?? "n"} is left out.`,
  ];
  const section: DraftSection = {
    title: "Backward, for one row",
    text,
    chains: markRepeats([...definitions(added), ...chains]),
    about,
    draws,
  };
  const sections = [section, ...hiddenLayersSection(section, symbols)];
  if (targets === undefined) return sections;
  const given = { chains, about, draws, symbols, targets: row.tensor(targets) };
  return [...sections, ...distributionSection(given)];
}

/** The same for all rows, with C and its penalties, and the summary. */
export function batchSections(
  forward: readonly Equation[],
  { cost, parameters }: EquationSystem,
  { symbols, draws }: Setting,
): DraftSection[] {
  const toCost = neededFor([cost], forward);
  const traced = differentiate(toCost, cost, parameters);
  const about = [...forward, ...helpersOf(traced)];
  const backward = { forward: about, cost, adjoints: traced.adjoints, symbols, brief: true };
  const chains = adjointChains(backward);
  const section: DraftSection = {
    title: "Backward, for a batch",
    text: [
      "All rows again, with their index. A parameter serves every row: its gradient adds up over them.",
    ],
    chains: markRepeats(chains),
    about,
    draws,
  };
  return chains.length === 0 ? [] : [section, summarySection(section, symbols)];
}
