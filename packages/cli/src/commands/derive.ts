/** `nabla derive`: how the gradients of a network follow from its equations, or one row worked through. */

import {
  type Derivation,
  derive as deriveNetwork,
  type Format,
  type Optimizer,
  typeset,
} from "nabla";
import {
  parseRow,
  typesetEquation,
  typesetWorked,
  type WorkedExample,
  workedExample,
} from "nabla/explain";
import { type Context, print, printJson, sizeOf } from "../context.ts";
import type { DeriveFlags } from "../network-flags.ts";
import {
  type NamedNetwork,
  namesOf,
  readNetwork,
  setParameters,
  unsuited,
} from "../network-source.ts";

export async function derive(flags: DeriveFlags, context: Context): Promise<number> {
  checkTogether(flags);
  const { weights, row, json } = flags;
  const building = { precision: "float64" } as const; //  so that weights are as they are written
  const named = await readNetwork({ ...flags, building }, context);
  if (weights !== undefined) await setParameters(named.net, weights, context);

  const { stdout } = context;
  const { data, page } = row === undefined ? derivation(named, flags) : worked(named, flags, row);
  const format = json ? "json" : (flags.format ?? "text");
  if (format === "json") await printJson(stdout, data());
  else await print(stdout, `${page(format, sizeOf(stdout).columns).trimEnd()}\n`);
  return 0;
}

/** What can be shown as JSON and as a page. */
interface Showing {
  data(): object;
  page(format: Format, width: number): string;
}

function derivation({ name, net }: NamedNetwork, flags: DeriveFlags): Showing {
  const { notation = "index" } = flags;
  const optimizer = optimizerOf(flags);
  const derived = deriveNetwork(net, optimizer === undefined ? {} : { optimizer });
  const title = `The gradients of ${name}`;
  return {
    data: () => derivationData(derived),
    page: (format, width) => typeset(derived, format, { notation, width, title }),
  };
}

/** Unless one weight is asked for, the row ends in an update. */
function worked({ name, net }: NamedNetwork, flags: DeriveFlags, row: string): Showing {
  const { weight, freeze } = flags;
  const optimizer = optimizerOf(flags) ?? { rule: "sgd" };
  const ending = weight === undefined ? { optimizer, ...(freeze && { freeze }) } : { weight };
  const example = workedExample(net, { ...parseRow(row), ...ending });
  const title = `One row through ${name}`;
  return {
    data: () => ({ ...derivationData(deriveNetwork(net)), worked: workedData(example) }),
    page: (format, width) => typesetWorked(example, format, { width, title }),
  };
}

/** Without any of its flags there is none. */
function optimizerOf({ optimizer, learningRate }: DeriveFlags): Optimizer | undefined {
  if (optimizer === undefined && learningRate === undefined) return undefined;
  const rule = optimizer ?? "sgd";
  return { rule, ...(learningRate !== undefined && { learningRate }) };
}

/** Flags that have no use for each other. */
function checkTogether(flags: DeriveFlags): void {
  const { row, weights, weight, freeze, notation, format, json } = flags;
  const { optimizer, learningRate } = flags;
  if (json && format !== undefined && format !== "json")
    throw unsuited(`--format ${format}`, "does not go with --json");
  if (notation !== undefined && (json || format === "json"))
    throw unsuited("--notation", "does not go with JSON, which has both");
  if (notation !== undefined && row !== undefined)
    throw unsuited("--notation", "does not go with --row, which shows single elements");

  const ofRow = { "--weights": weights, "--weight": weight, "--freeze": freeze };
  const [alone] = namesOf(row === undefined ? ofRow : {});
  if (alone !== undefined) throw unsuited(alone, "needs --row", "name the numbers of a row");
  const ofUpdate = {
    "--optimizer": optimizer,
    "--learning-rate": learningRate,
    "--freeze": freeze,
  };
  const [idle] = namesOf(weight === undefined ? {} : ofUpdate);
  if (idle !== undefined) throw unsuited(idle, "does not go with --weight, which has no update");
}

/** Every step as an equation of its own; those of one chain follow from each other. */
function derivationData({ sections, symbols }: Derivation) {
  const chains = sections.flatMap(({ title, chains }) =>
    chains.map(({ links }) => ({ section: title, links })),
  );
  const equations = chains.flatMap(({ section, links }, chain) =>
    links.map(({ equation, rule, reason, verified }) => ({
      section,
      chain,
      target: equation.target.name,
      indices: equation.indices.map((index) => index.name),
      shape: equation.target.shape,
      text: typesetEquation(equation, "text", { symbols }),
      latex: {
        index: typesetEquation(equation, "latex", { symbols }),
        matrix: typesetEquation(equation, "latex", { symbols, notation: "matrix" }),
      },
      ...{ rule, reason, verified },
    })),
  );
  return { sections: sections.map(({ title, text }) => ({ title, text })), equations };
}

/** Every element with its value, and the parameters as flat, row-major lists. */
const workedData = ({ sections, cost, gradients, updated }: WorkedExample) => ({
  sections: sections.map(({ title, text, lines }) => ({
    ...{ title, text },
    lines: lines.map(({ name, sign, value }) => ({ name, sign, value })),
  })),
  ...{ cost, gradients: listsOf(gradients) },
  ...(updated && { updated: listsOf(updated) }),
});

const listsOf = (values: ReadonlyMap<string, Float64Array>): Record<string, number[]> =>
  Object.fromEntries(Array.from(values, ([name, numbers]) => [name, [...numbers]]));
