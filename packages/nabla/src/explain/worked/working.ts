/** A network at one row: its equations without the rows' index, what is given, and the last line of every chain. */

import type { Values as Rows } from "../../data.ts";
import { differentiate } from "../../equations/differentiate.ts";
import { type Equation, inPhase, neededFor, sumTerm } from "../../equations/equation.ts";
import { type Extent, element, type Tensor } from "../../equations/expression.ts";
import { NablaError } from "../../errors.ts";
import { internalsOf, type Network } from "../../running.ts";
import { adjointChains, type Backward } from "../chains/adjoints.ts";
import { helpersOf } from "../derive/backward.ts";
import { oneRow } from "../derive/one-row.ts";
import { summarySection } from "../derive/summary.ts";
import { anyNumbers } from "../proof/points.ts";
import { checkStabilisers } from "../proof/stabilisers.ts";
import { type Values, valuesAt } from "../proof/values.ts";
import { newSymbols, type SymbolTable } from "../symbols.ts";
import type { GivenRow } from "./row.ts";

export interface Working {
  readonly symbols: SymbolTable;
  /** In order of definition, those that prediction alone needs included. */
  readonly forward: readonly Equation[];
  /** What the backward pass counts first: the ties of a maximum. */
  readonly helpers: readonly Equation[];
  /** The last line of each chain, right to left: gradients, and the δ that they read. */
  readonly backward: readonly Equation[];
  readonly adjoints: Backward["adjoints"];
  readonly cost: Tensor;
  readonly parameters: ReadonlyMap<Tensor, Float64Array>;
  sizes(extent: Extent): number;
  /** Everything at the given row, with such parameters. */
  valuesWith(parameters: ReadonlyMap<Tensor, Float64Array>): Values;
}

/**
 * @throws NablaError for a row that does not fit the network, a cost that adds up no rows, or a stabiliser
 * on which the cost depends
 */
export function workingOf(net: Network, { inputs, targets }: GivenRow): Working {
  const { engine, readData } = internalsOf(net);
  const { system } = engine;
  const given = readData({
    inputs: asRow(inputs, system.inputs[0]),
    targets: targets && asRow(targets, system.targets),
  });
  if (given.rows !== 1) {
    const got = `${given.rows} rows`;
    throw new NablaError("data", `a worked example takes one row, got ${got}`, {
      ...{ where: "row", expected: "one row", got },
    });
  }
  const needed = neededFor([system.cost, system.outputs], inPhase("prediction", system.equations));
  const isCost = ({ target }: Equation): boolean => target === system.cost;
  const row = oneRow([...needed.filter((e) => !isCost(e)), ...needed.filter(isCost)]);
  if (row === undefined) {
    const expected = "a cost that adds up over the rows";
    const message = `a worked example needs ${expected}, and ${system.cost.name} does not`;
    throw new NablaError("usage", message, { where: system.cost.name, expected });
  }

  const penalties = needed
    .filter(isCost)
    .flatMap(({ terms }) => terms.filter((t) => t.over.every((i) => i.extent !== "rows")));
  const whole: Equation = {
    target: system.cost,
    indices: [],
    terms: [sumTerm([], element(row.cost)), ...penalties],
  };
  const cost = penalties.length === 0 ? row.cost : system.cost;
  const all = penalties.length === 0 ? row.all : [...row.all, whole];
  const forward = neededFor([cost, row.tensor(system.outputs)], all);
  const toCost = neededFor([cost], forward);
  checkStabilisers(toCost, cost, anyNumbers);
  const traced = differentiate(toCost, cost, system.parameters);
  const { adjoints } = traced;
  const helpers = helpersOf(traced);
  const about = [...forward, ...helpers];
  const symbols = newSymbols();
  const chains = adjointChains({ forward: about, cost, adjoints, symbols });
  const draft = { title: "", text: [], chains, about, draws: anyNumbers };
  const summary = summarySection(draft, symbols);

  const flat = engine.parameters.view();
  const parameters = new Map(
    [...engine.layout].map(([t, { start, end }]) => [t, Float64Array.from(flat.slice(start, end))]),
  );
  const values = new Map([...given.values].map(([tensor, v]) => [row.tensor(tensor), v]));
  const sizes = (extent: Extent): number => (extent === "rows" ? 1 : extent);
  return {
    ...{ symbols, forward, helpers, adjoints, cost, parameters, sizes },
    backward: summary.chains.flatMap(({ links }) => links.map(({ equation }) => equation)),
    valuesWith: (parameters) =>
      valuesAt(about, symbols, {
        values: new Map([...values, ...parameters]),
        ...{ scalars: { N: 1 }, sizes },
      }),
  };
}

/** Numbers without a structure are that of the tensor. */
const asRow = (numbers: readonly number[], tensor: Tensor | undefined): Rows =>
  tensor?.shape.length === 2 ? [[...numbers]] : Float64Array.from(numbers);
