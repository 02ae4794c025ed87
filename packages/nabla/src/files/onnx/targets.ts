/**
 * The outputs of the network → predictions, as `predictTable` gives them:
 *
 *     regression        each target under its name, in its units, [rows, 1]
 *     classification    `label`, [rows], and `probabilities`, [rows, classes]
 *     multi-label       each label under its name, [rows, 1], and `probabilities`, [rows, labels]
 */

import {
  type Label,
  outputCount,
  type Quantity,
  quantitiesOf,
  type Target,
  targetColumns,
} from "../../tables/target.ts";
import { cast, type Graph, type Name, takeName } from "./graph.ts";
import type { ElementType } from "./messages.ts";

/** The names of the outputs; one that a column has gets a number behind it, `label_2`. */
export function outputNames(target: Target, columns: readonly string[]): string[] {
  const targets = targetColumns(target).map(({ name }) => name);
  const names = {
    regression: targets,
    classification: ["label", "probabilities"],
    "multi-label": [...targets, "probabilities"],
  };
  const taken = new Set(columns);
  return names[target.task].map((name) => takeName(name, taken));
}

interface Prediction {
  readonly graph: Graph;
  /** Of the network. */
  readonly outputs: Name;
  /** Of what is written, as `outputNames` gives them. */
  readonly names: readonly string[];
}

export function writeTarget(target: Target, { graph, outputs, names }: Prediction): void {
  const columnOf = (t: number): Name => {
    if (outputCount(target) === 1) return outputs;
    return graph.node("Gather", [outputs, graph.integers([t])], {
      attributes: { axis: { int: 1 } },
    });
  };
  const shape = ["rows", 1] as const;

  switch (target.task) {
    case "regression": {
      quantitiesOf(target).forEach((quantity, t) => {
        const value = writeQuantity(quantity, columnOf(t), graph);
        graph.output(value, {
          name: names[t]!,
          shape,
          type: graph.real,
          doc: "the prediction, in its units",
        });
      });
      return;
    }
    case "classification": {
      const { classes } = target;
      const label = writeClass(classes, outputs, graph);
      const doc = `the likeliest class of ${JSON.stringify(target.name)}`;
      graph.output(label, { name: names[0]!, shape: ["rows"], type: "string", doc });
      writeProbabilities(classes, { graph, outputs, names });
      return;
    }
    case "multi-label": {
      target.targets.forEach((label, t) => {
        const { value, type, doc } = writeLabel(label, columnOf(t), graph);
        graph.output(value, { name: names[t]!, shape, type, doc });
      });
      const labels = target.targets.map(({ name }) => name);
      writeProbabilities(labels, { graph, outputs, names });
      return;
    }
    default:
      throw target satisfies never;
  }
}

/** The outputs themselves, under the last of the names. */
function writeProbabilities(of: readonly string[], { graph, outputs, names }: Prediction): void {
  const doc = `of ${of.map((name) => JSON.stringify(name)).join(", ")}`;
  const shape = ["rows", of.length] as const;
  graph.output(outputs, { name: names.at(-1)!, shape, type: graph.real, doc });
}

/** output·scale + mean */
function writeQuantity({ mean, scale }: Quantity, output: Name, graph: Graph): Name {
  const scaled = graph.node("Mul", [output, graph.number(scale)]);
  return graph.node("Add", [scaled, graph.number(mean)]);
}

/** The name of the likeliest class; of several that are, the first. */
function writeClass(classes: readonly string[], outputs: Name, graph: Graph): Name {
  const best = graph.node("ArgMax", [outputs], {
    attributes: { axis: { int: 1 }, keepdims: { int: 0 } },
  });
  return textOf(classes, best, graph);
}

/** Whether the probability is above ½: as "true" or "false", or as 1 or 0 where training had numbers. */
function writeLabel(
  { type }: Label,
  output: Name,
  graph: Graph,
): { readonly value: Name; readonly type: ElementType; readonly doc: string } {
  const isLikely = graph.node("Greater", [output, graph.number(0.5)]);
  if (type === "number")
    return { value: cast(isLikely, graph.real, graph), type: graph.real, doc: "1 or 0" };
  const value = textOf(["false", "true"], cast(isLikely, "int64", graph), graph);
  return { value, type: "string", doc: '"true" or "false"' };
}

/** The texts that these numbers count. */
const textOf = (texts: readonly string[], numbers: Name, graph: Graph): Name =>
  graph.node("LabelEncoder", [numbers], {
    domain: "ai.onnx.ml",
    attributes: {
      keys_int64s: { ints: texts.map((_, i) => i) },
      values_strings: { strings: texts },
    },
  });
