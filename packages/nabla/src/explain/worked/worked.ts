/**
 * The derivation with the numbers of one row in it: every element of the forward pass, of the backward
 * pass and of one update, each from the equations and the last line of its chain, never by a layer's name.
 */

import { checkFields, type Fields } from "../../checks.ts";
import { type Equation, givenTo } from "../../equations/equation.ts";
import type { Tensor } from "../../equations/expression.ts";
import { unknownName } from "../../errors.ts";
import type { Optimizer } from "../../functions/optimizers.ts";
import type { Network } from "../../running.ts";
import { placeOf, sizeAt } from "../places.ts";
import { elementAt, instantiate, shortened, shownOf } from "./instantiate.ts";
import { lineOf, type WorkedLine, type Writing } from "./lines.ts";
import { pathTo } from "./path.ts";
import type { GivenRow } from "./row.ts";
import { stepOf } from "./update.ts";
import { parseWeight } from "./weight.ts";
import { type Working, workingOf } from "./working.ts";

export interface WorkedOptions extends GivenRow {
  /** Whose first step ends the example; none unless given. */
  readonly optimizer?: Optimizer;
  /** The names of parameters that the step leaves as they are. */
  readonly freeze?: readonly string[];
  /** `W1[0,1]`: only the path of the chain rule that ends there. */
  readonly weight?: string;
}

export interface WorkedExample {
  readonly sections: readonly WorkedSection[];
  /** The cost of the row, and after the step. */
  readonly cost: { readonly before: number; readonly after?: number };
  /** ∂C/∂θ and the values after the step, by name, flat and row-major. */
  readonly gradients: ReadonlyMap<string, Float64Array>;
  readonly updated?: ReadonlyMap<string, Float64Array>;
  /** Those whose names are formulas in the sections' text. */
  readonly tensors: readonly Tensor[];
}

export interface WorkedSection {
  readonly title: string;
  readonly text: readonly string[];
  readonly lines: readonly WorkedLine[];
}

const fields: Fields<WorkedOptions> = {
  ...{ inputs: true, targets: true, optimizer: true, freeze: true, weight: true },
};

/**
 * One row worked through in float64, by the equations of prediction: z¹[0] = W¹[0,0]·x[0] + … with
 * its numbers, then the gradients, then θ ← θ − η·∂C/∂θ, every gradient taken before anything moves.
 * @throws NablaError for a row that does not fit the network, an unknown parameter or optimiser, a stabiliser
 * on which the cost depends, and for L-BFGS, which is no list of assignments
 */
export function workedExample(net: Network, options: WorkedOptions): WorkedExample {
  checkFields("option of a worked example", options, fields);
  const { optimizer, freeze = [], weight } = options;
  const working = workingOf(net, options);
  const { cost, parameters } = working;
  const names = [...parameters.keys()].map(({ name }) => name);
  for (const name of freeze) {
    if (!names.includes(name)) throw unknownName("parameter to freeze", name, names);
  }

  const values = working.valuesWith(parameters);
  const last = new Map(working.backward.map((e) => [e.target, values.right(e)]));
  const { sizes, symbols } = working;
  const of = (tensor: Tensor): Float64Array => last.get(tensor) ?? values.of(tensor);
  const state: State = { ...working, of, writing: { sizes, symbols, scalars: { N: 1 }, of } };
  const before = values.of(cost)[0] as number;
  const gradients = new Map(
    [...parameters.keys()].map((p) => [p.name, of(symbols.gradient(cost, p)).slice()]),
  );
  const tensors = [...parameters.keys(), ...working.forward.map(({ target }) => target)];
  const common = { gradients, tensors };
  if (weight !== undefined) {
    return { ...common, cost: { before }, sections: [pathSection(weight, state)] };
  }
  const sections = [forwardSection(state), backwardSection(state)];
  if (optimizer === undefined) return { ...common, cost: { before }, sections };

  const moved = moveAll(state, { optimizer, freeze });
  const after = working.valuesWith(moved.parameters).of(cost)[0] as number;
  const update: WorkedSection = {
    title: "The update",
    text: [
      "Every gradient above was taken with the old values; only now do they move.",
      ...(freeze.length === 0 ? [] : [`Frozen, and left as they are: ${freeze.join(", ")}.`]),
      `One step takes ${cost.name} from ${short(before)} to ${short(after)}.`,
      ...omitted([...parameters.keys()], state),
    ],
    lines: moved.lines,
  };
  const updated = new Map([...moved.parameters].map(([{ name }, v]) => [name, v]));
  return { ...common, cost: { before, after }, updated, sections: [...sections, update] };
}

interface State extends Working {
  readonly writing: Writing;
  of(tensor: Tensor): Float64Array;
}

function pathSection(weight: string, state: State): WorkedSection {
  const lines = pathTo(parseWeight(weight, [...state.parameters.keys()]), state);
  const { name } = state.cost;
  const end = lines.at(-1)?.name.replace(/^.*\/∂/u, "") ?? weight;
  const through = `The chain rule along everything through which ${end} acts on ${name}`;
  return {
    title: `From ${name} back to ${end}`,
    text: [`${through}: first each factor, then the product; where paths branch, they are added.`],
    lines,
  };
}

const forwardSection = (state: State): WorkedSection => ({
  title: "Forward",
  text: [givenText(state), ...omitted(targetsOf(state.forward), state)],
  lines: state.forward.flatMap((equation) => linesOf(equation, state.writing)),
});

const backwardSection = ({ helpers, backward, ...state }: State): WorkedSection => ({
  title: "Backward",
  text: [
    "Right to left: each line needs only what stands above it, and the forward pass.",
    ...omitted(targetsOf(backward), state),
  ],
  lines: [...helpers, ...backward].flatMap((equation) => linesOf(equation, state.writing)),
});

const targetsOf = (equations: readonly Equation[]): Tensor[] =>
  equations.map(({ target }) => target);

/** `Given: x = (0.05, 0.1); y = (0.01, 0.99).` */
function givenText({ forward, of }: State): string {
  const texts = [...givenTo(forward)]
    .filter(({ role }) => role === "input")
    .map((tensor) => {
      const numbers = shortened([...of(tensor)].map(short), "…");
      return `${tensor.name} = ${numbers.length === 1 ? numbers[0] : `(${numbers.join(", ")})`}`;
    });
  return `Given: ${texts.join("; ")}. Left to right, every element in its turn.`;
}

/** What is said where not every element is shown. */
const omitted = (tensors: readonly Tensor[], { sizes }: Pick<State, "sizes">): string[] =>
  tensors.some(({ shape }) => {
    const count = sizeAt(shape, sizes);
    return shownOf(count).length < count;
  })
    ? ["Of larger tensors the first elements and the last are shown; the others follow likewise."]
    : [];

const short = (value: number): string => String(Number(value.toPrecision(6)));

/** A line for each element of the equation's target that is shown. */
function linesOf(equation: Equation, writing: Writing): WorkedLine[] {
  const { target } = equation;
  const sizes = target.shape.map(writing.sizes);
  const values = writing.of(target);
  return shownOf(values.length).map((flat) => {
    const at = placeOf(flat, sizes);
    const value = values[flat] as number;
    const right = instantiate(equation, at, writing);
    return lineOf({ left: elementAt(target, at), right, value }, writing);
  });
}

interface Moving {
  readonly optimizer: Optimizer;
  readonly freeze: readonly string[];
}

function moveAll({ parameters, symbols, cost, of }: State, { optimizer, freeze }: Moving) {
  const lines: WorkedLine[] = [];
  const moved = new Map(parameters);
  for (const [parameter, values] of parameters) {
    if (freeze.includes(parameter.name)) continue;
    const gradient = symbols.gradient(cost, parameter);
    const step = stepOf(
      { parameter, gradient, values, gradients: of(gradient) },
      { optimizer, symbols },
    );
    lines.push(...step.lines);
    moved.set(parameter, step.values);
  }
  return { lines, parameters: moved };
}
