/**
 * Models as ONNX: one graph from columns to predictions, preprocessing included.
 *
 *     columns ──features.ts──▶ x, id1, … ──equations.ts──▶ outputs ──targets.ts──▶ predictions
 */

import type { Tensor } from "../../equations/expression.ts";
import { formatEquation } from "../../equations/format.ts";
import { predictionEquations } from "../../equations/system.ts";
import { NablaError } from "../../errors.ts";
import { internalsOf, type Network } from "../../running.ts";
import type { TableModel } from "../../tables/model.ts";
import { type Target, targetColumns } from "../../tables/target.ts";
import { VERSION } from "../../version.ts";
import { writeEquations } from "./equations.ts";
import { writeFeatures } from "./features.ts";
import { type Graph, type Name, newGraph } from "./graph.ts";
import { encodeModel, OPSETS, type ValueInfo } from "./messages.ts";
import { outputNames, writeTarget } from "./targets.ts";

/** Of the nabla that writes. */
const PRODUCER = { name: "nabla", version: VERSION };

/**
 * A model as the bytes of an ONNX file: operators of ai.onnx 13 and ai.onnx.ml 3, in the precision of
 * the network.
 *
 * A network has its inputs and outputs under the names of its tensors, integers as int64. A model of
 * tables has an input for each column, [rows, 1]: numbers and dates (days since 1970-01-01 UTC) as
 * numbers, NaN where missing; text and booleans as text, "" where missing. Its outputs are the targets
 * of a regression; `label` and `probabilities` of a classification; or the labels and `probabilities`.
 *
 * The metadata hold the equations, the classes and the versions.
 * Throws where an equation has no operator, as N, the number of the rows, and erf in float64 have none;
 * and where a column has no name.
 */
export function exportOnnx(model: Network | TableModel): Uint8Array {
  const isTable = "schema" in model;
  const net = isTable ? model.network : model;
  const graph = isTable ? tableGraph(model) : networkGraph(model);

  const equations = predictionEquations(systemOf(net)).map(formatEquation).join("\n");
  const versions = JSON.stringify({ nabla: PRODUCER.version, ...OPSETS });
  return encodeModel({
    producer: PRODUCER,
    doc: equations,
    metadata: { versions, equations, ...(isTable && aboutTarget(model.schema.target)) },
    name: "prediction",
    ...graph.finish(),
  });
}

/** What the outputs stand for. */
const aboutTarget = (target: Target): Readonly<Record<string, string>> => ({
  task: target.task,
  targets: JSON.stringify(targetColumns(target).map(({ name }) => name)),
  ...(target.task === "classification" && { classes: JSON.stringify(target.classes) }),
});

const systemOf = (net: Network) => internalsOf(net).engine.system;
const inputsOf = (net: Network): readonly Tensor[] => internalsOf(net).engine.predictionInputs;

function networkGraph(net: Network): Graph {
  const { outputs: target } = systemOf(net);
  const given = inputsOf(net);
  const graph = newGraph(
    net.precision,
    [...given, target].map(({ name }) => name),
  );
  const info = ({ name, shape, count }: Tensor): ValueInfo =>
    count === undefined
      ? { name, shape, type: graph.real, doc: "" }
      : { name, shape, type: "int64", doc: `integers in [0, ${count})` };
  const inputs = given.map((tensor) => [tensor, graph.input(info(tensor))] as const);
  const outputs = writeNetwork(net, { graph, inputs: new Map(inputs) });
  graph.output(outputs, info(target));
  return graph;
}

function tableGraph({ network: net, schema }: TableModel): Graph {
  const { features, target } = schema;
  const columns = features.map(({ name }) => name);
  if (columns.includes("")) throw namelessColumn();

  const names = outputNames(target, columns);
  const graph = newGraph(net.precision, [...columns, ...names]);
  const { x, ids } = writeFeatures(features, graph);
  const embedded = ids.values();
  const inputs = inputsOf(net).map((tensor) => {
    const name = tensor.count === undefined ? x : embedded.next().value;
    if (name === undefined) throw new Error(`internal: no columns for ${tensor.name}`);
    graph.rename(name, tensor.name);
    return [tensor, name] as const;
  });
  const outputs = writeNetwork(net, { graph, inputs: new Map(inputs) });
  writeTarget(target, { graph, outputs, names });
  return graph;
}

/** Writes what the network predicts from these inputs; returns the outputs. */
function writeNetwork(
  net: Network,
  { graph, inputs }: { readonly graph: Graph; readonly inputs: ReadonlyMap<Tensor, Name> },
): Name {
  const system = systemOf(net);
  const [rows] = inputs.values();
  if (rows === undefined) throw new Error("internal: a network without inputs");
  const parameters = system.parameters.map((tensor) => {
    const shape = tensor.shape as readonly number[];
    const values = net.parameters.get(tensor.name)!;
    return [tensor, graph.constant(values, shape, tensor.name)] as const;
  });
  const names = new Map([...inputs, ...parameters]);
  return writeEquations(predictionEquations(system), { graph, names, rows }).get(system.outputs)!;
}

function namelessColumn(): NablaError {
  const expected = "a name for every column";
  const remedy = "name it in the table, and train again";
  const message = `ONNX needs ${expected}, got ""; ${remedy}`;
  return new NablaError("usage", message, { where: "columns", expected, got: '""', remedy });
}
