/**
 * A graph under construction. Every value has a name of its own, and what is computed twice from the
 * same values is one node.
 */

import type { Floats, Precision } from "../../equations/memory.ts";
import {
  type Attributes,
  type ElementType,
  elementTypeNumber,
  type Initializer,
  type Model,
  type Node,
  type ValueInfo,
} from "./messages.ts";
import { neededBy, withSoftmax } from "./softmax.ts";

/** The name of a value in the graph. */
export type Name = string;

export interface Operator {
  readonly domain?: "ai.onnx.ml";
  readonly attributes?: Attributes;
}

export interface Graph {
  /** Of all real numbers that are stored. */
  readonly real: "float" | "double";
  /** Declares an input, under exactly this name. */
  input(info: ValueInfo): Name;
  /** A constant; under `name`, or one that tells it from others. */
  constant(data: Floats | BigInt64Array, shape: readonly number[], name?: string): Name;
  /** A real number of the graph's precision. */
  number(value: number): Name;
  /** Integers, row-major; a list of them unless told otherwise. */
  integers(values: readonly number[], shape?: readonly number[]): Name;
  /** What an operator makes of these values. */
  node(operator: string, inputs: readonly Name[], options?: Operator): Name;
  /** Names a value for whoever reads the graph; where the name is taken, by one that begins with it. */
  rename(value: Name, name: string): void;
  /** Declares an output, under exactly this name. */
  output(value: Name, info: ValueInfo): void;
  finish(): Pick<Model, "nodes" | "initializers" | "inputs" | "outputs">;
}

/** `reserved` are the names that only inputs and outputs may have. */
export function newGraph(precision: Precision, reserved: Iterable<string>): Graph {
  const taken = new Set(reserved);
  const nodes: Node[] = [];
  const initializers: Initializer[] = [];
  const inputs: ValueInfo[] = [];
  const outputs: ValueInfo[] = [];
  const known = new Map<string, Name>();
  const renamed = new Map<Name, Name>();
  const real = precision === "float32" ? "float" : "double";

  /** What `make` makes, or has made of the same before. */
  const once = (parts: unknown, make: () => Name): Name => {
    const key = JSON.stringify(parts);
    const name = known.get(key) ?? make();
    known.set(key, name);
    return name;
  };
  const unique = (name: string): Name => takeName(name, taken);
  const made = new Set<Name>();

  const constant: Graph["constant"] = (data, shape, name = "constant") => {
    const own = unique(name);
    initializers.push({ name: own, shape, data });
    return own;
  };
  const node: Graph["node"] = (operator, inputs, { domain, attributes = {} } = {}) =>
    once([operator, inputs, attributes], () => {
      const output = unique(operator);
      nodes.push({ operator, ...(domain && { domain }), inputs, output, attributes });
      made.add(output);
      return output;
    });

  return {
    real,
    constant,
    node,
    input(info) {
      inputs.push(info);
      return info.name;
    },
    number: (value) =>
      once(["number", String(value)], () =>
        constant(
          real === "float" ? Float32Array.of(value) : Float64Array.of(value),
          [],
          String(value),
        ),
      ),
    integers: (values, shape = [values.length]) =>
      once(["integers", values, shape], () =>
        constant(BigInt64Array.from(values, BigInt), shape, "integers"),
      ),
    rename(value, name) {
      if (made.has(value) && !renamed.has(value)) renamed.set(value, unique(name));
    },
    output(value, info) {
      const isFree = made.has(value) && !outputs.some(({ name }) => name === renamed.get(value));
      if (isFree) renamed.set(value, info.name);
      else nodes.push({ operator: "Identity", inputs: [value], output: info.name, attributes: {} });
      outputs.push(info);
    },
    finish() {
      const final = (name: Name): Name => renamed.get(name) ?? name;
      const named = withSoftmax({ nodes, initializers }).map((node) => ({
        ...node,
        inputs: node.inputs.map(final),
        output: final(node.output),
      }));
      const names = outputs.map(({ name }) => name);
      return { ...neededBy(names, { nodes: named, initializers }), inputs, outputs };
    },
  };
}

export const cast = (value: Name, to: ElementType, graph: Graph): Name =>
  graph.node("Cast", [value], { attributes: { to: { int: elementTypeNumber(to) } } });

/** The name, or where it is taken the first of name_2, name_3, … that is not; from now on it is. */
export function takeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name}_${n}`;
  taken.add(free);
  return free;
}
