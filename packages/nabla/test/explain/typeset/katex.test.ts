import katex from "katex";
import { dense, network } from "nabla";
import { expect, test } from "vitest";
import type { Equation } from "../../../src/equations/equation.ts";
import { trainingGradients } from "../../../src/equations/system.ts";
import { derive } from "../../../src/explain/derive/derive.ts";
import { typeset, typesetEquation } from "../../../src/explain/typeset/typeset.ts";
import { activationNames } from "../../../src/functions/activations.ts";
import { costNames, costOf } from "../../../src/functions/costs.ts";
import { internalsOf } from "../../../src/running.ts";
import { knownLists } from "../../equations/known-lists.ts";
import { systemOf } from "../../equations/points.ts";
import { randomLists } from "../../equations/random-lists.ts";

interface Case {
  readonly name: string;
  readonly equations: readonly Equation[];
}

const caseOf = (name: string, system: ReturnType<typeof systemOf>): Case => {
  const { forward, equations } = trainingGradients(system);
  return { name, equations: [...forward, ...equations] };
};

const networks = activationNames.flatMap((activation) =>
  costNames.map((cost): Case => {
    const last = costOf(cost).link ?? activation;
    const layers = [dense(3, activation), dense(2, last)];
    const net = network({ inputs: 2, layers, cost });
    return caseOf(`${activation} and ${cost}`, internalsOf(net).engine.system);
  }),
);
const lists = [
  ...knownLists.map((list) => caseOf(list.name, systemOf(list))),
  ...randomLists(50).map(({ seed, system }) => caseOf(`list ${seed}`, system)),
];

const displaysOf = (document: string): string[] =>
  [...document.matchAll(/\\begin\{(align|alignat)\*\}.*?\\end\{\1\*\}/gs)].map(([tex]) => tex);

const notations = ["index", "matrix"] as const;
const refused = (tex: string): string[] => {
  try {
    katex.renderToString(tex, { displayMode: true, strict: "error", throwOnError: true });
    return [];
  } catch (error) {
    return [`${(error as Error).message}: ${tex}`];
  }
};

test("KaTeX accepts every formula of every activation with every cost, and of the lists", () => {
  expect(networks).toHaveLength(activationNames.length * costNames.length);
  const wrong = [...networks, ...lists].flatMap(({ name, equations }) =>
    notations.flatMap((notation) =>
      equations
        .flatMap((equation) => refused(typesetEquation(equation, "latex", { notation })))
        .map((message) => `${name}: ${message}`),
    ),
  );
  expect(wrong).toEqual([]);
});

test("KaTeX accepts the displays of LaTeX documents and of Markdown, however narrow they are", () => {
  const displays = [...networks, ...lists].flatMap(({ equations }, i) => {
    const options = { notation: notations[i % 2]!, width: i % 3 === 0 ? 40 : 80 };
    const latex = typeset(equations, "latex", options);
    const markdown = typeset(equations, "markdown", options);
    const fenced = [...markdown.matchAll(/(?<=```math\n).*?(?=\n```)/gs)].map(([tex]) => tex);
    return [...displaysOf(latex), ...fenced];
  });
  expect(displays).toHaveLength(2 * (networks.length + lists.length));
  expect(displays.flatMap(refused)).toEqual([]);
});

test("KaTeX accepts the derivation of every activation and of every cost", () => {
  const pairs = [
    ...activationNames.map((activation) => [activation, "squared-error"] as const),
    ...costNames.map((cost) => ["tanh", cost] as const),
  ];
  const wrong = pairs.flatMap(([activation, cost], i) => {
    const last = costOf(cost).link ?? activation;
    const net = network({ inputs: 2, layers: [dense(2, activation), dense(2, last)], cost });
    const document = typeset(derive(net), "latex", { notation: notations[i % 2]! });
    return displaysOf(document).flatMap(refused);
  });
  expect(wrong).toEqual([]);
});
