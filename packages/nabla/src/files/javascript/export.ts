/**
 * Models as one module of JavaScript without dependencies:
 *
 *     predict, preprocessing        for tables
 *     forward                       the equations, each above its loops
 *     parameters                    at the end
 *
 * Nothing in it makes code from text, so a page may load it under any content security policy. What comes
 * from a table stands in it as data only.
 */

import { type Equation, tensorsOf } from "../../equations/equation.ts";
import type { Tensor } from "../../equations/expression.ts";
import { sizeOf } from "../../equations/memory.ts";
import { predictionEquations } from "../../equations/system.ts";
import { activationNames } from "../../functions/activations.ts";
import { internalsOf, type Network } from "../../running.ts";
import { featureNames } from "../../tables/columns/schema.ts";
import type { TableModel } from "../../tables/model.ts";
import { equationLines, sizeText } from "./equations.ts";
import type { Needs } from "./expressions.ts";
import { jsNames } from "./names.ts";
import { DECODE, parameterText } from "./parameters.ts";
import { columnsText, dataText, NETWORK, RUN_BLOCKS, TABLE, targetText } from "./template.ts";

/** Names that the module itself has. */
const OWN = [
  ..."predict probabilities encode cellOf forEachRow decodeRow outputsOf forward decode".split(" "),
  ..."Floats BLOCK OUTPUTS INPUTS DEPTH depthOf numbersOf COLUMNS WIDTH DAYS NUMBER NAMES CLASSES".split(
    " ",
  ),
  ..."ARE_BOOLEANS QUANTITIES inputs rows erf power".split(" "),
];

/**
 * The text of the module. It exports `predict`, which takes a row or a list of rows, and for classes and
 * labels `probabilities`. A row of a table is an object with a field for each column; one of a network a
 * list of numbers, or for several inputs an object of such lists.
 *
 * Its arithmetic is that of `evaluate`: float64, each element rounded as it is stored; exp, log, tanh, sin
 * and their like are those of the engine. So predictions agree with nabla's to 1e-6 of their size.
 */
export function exportJavaScript(model: Network | TableModel): string {
  const isTable = "schema" in model;
  const net = isTable ? model.network : model;
  const { system, predictionInputs } = internalsOf(net).engine;
  const equations = predictionEquations(system);
  const names = jsNames();
  for (const name of [...OWN, ...activationNames]) names.take(name.replaceAll("-", "_"));
  const functions = new Map<string, string>();
  const needs: Needs = { names, functions };
  const read = new Set(equations.flatMap((equation) => [...tensorsOf(equation)]));
  const parameters = system.parameters.filter((tensor) => read.has(tensor));
  for (const tensor of [...read, ...predictionInputs, system.outputs]) names.of(tensor);
  const array = net.precision === "float32" ? "Float32Array" : "Float64Array";

  const sections = [
    header(isTable),
    `const Floats = ${array};\nconst BLOCK = 256;\nconst OUTPUTS = ${sizeOf(system.outputs, 1)};`,
    ...(isTable
      ? [
          TABLE,
          `${columnsText(model.schema)}\nconst WIDTH = ${featureNames(model.schema).length};`,
          targetText(model.schema.target),
        ]
      : [NETWORK, inputsText(predictionInputs)]),
    RUN_BLOCKS,
    forwardText(equations, { inputs: predictionInputs, outputs: system.outputs, needs }),
    ...functions.values(),
    DECODE,
    parameters.map((tensor) => parameterLine(tensor, net, needs)).join("\n"),
  ];
  return `${sections.join("\n\n")}\n`;
}

const header = (isTable: boolean): string =>
  `/**
 * A model as one module without dependencies, written by nabla.
 *
 *     import { predict } from "./this-file.js";
 *     predict(row); //  or a list of rows: ${isTable ? "objects with a field for each column" : "lists of numbers"}
 */`;

interface Forward {
  readonly inputs: readonly Tensor[];
  readonly outputs: Tensor;
  readonly needs: Needs;
}

function forwardText(equations: readonly Equation[], { inputs, outputs, needs }: Forward): string {
  const { names } = needs;
  const read = inputs.map(
    (tensor) => `const ${names.of(tensor)} = inputs[${dataText(tensor.name)}];`,
  );
  const known = new Set<Tensor>(inputs);
  const unknown = equations
    .flatMap((equation) => [...tensorsOf(equation)])
    .filter(({ role }) => role === "input")
    .filter((tensor) => !known.has(tensor) && known.add(tensor))
    .map(
      (tensor) => `const ${names.of(tensor)} = new Floats(${sizeText(tensor)}); //  of training`,
    );
  const lines = equations.flatMap((equation) => ["", ...equationLines(equation, needs)]);
  return [
    "/** The network, in the notation of its equations. */",
    "function forward(inputs, rows) {",
    ...[...read, ...unknown, ...lines, "", `return ${names.of(outputs)};`].map((line) =>
      line === "" ? "" : `  ${line}`,
    ),
    "}",
  ].join("\n");
}

/** What a row of each input is; DEPTH is how many lists are in one another where there is one. */
function inputsText(inputs: readonly Tensor[]): string {
  const data = inputs.map((tensor) => ({
    name: tensor.name,
    size: sizeOf(tensor, 1),
    ...(tensor.count !== undefined && { count: tensor.count }),
  }));
  const depth = inputs[0]!.shape.length - 1;
  return `const INPUTS = ${dataText(data)};\nconst DEPTH = ${depth};`;
}

function parameterLine(tensor: Tensor, net: Network, { names }: Needs): string {
  const values = net.parameters.get(tensor.name)!;
  return `/** [${tensor.shape.join(", ")}] */\nconst ${names.of(tensor)} = ${parameterText(values)};`;
}
