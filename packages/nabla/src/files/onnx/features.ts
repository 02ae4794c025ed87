/**
 * Columns → the inputs of the network, as `encodeFeatures` has them: x, [rows, width], and id1, id2, …,
 * [rows]. Numbers are taken in float64, as there, so that (x − mean)/scale keeps its digits.
 */

import { daysOf } from "../../tables/columns/cycles.ts";
import {
  type CategoryFeature,
  type DateFeature,
  type EmbeddedFeature,
  type Feature,
  isEmbedded,
  type NumberFeature,
  slotNames,
} from "../../tables/columns/features.ts";
import { cast, type Graph, type Name } from "./graph.ts";
import type { ElementType, ValueInfo } from "./messages.ts";

export interface WrittenFeatures {
  /** [rows, width]; none where no column has a slot. */
  readonly x: Name | undefined;
  /** The numbers of the categories of each embedded column, [rows]. */
  readonly ids: readonly Name[];
}

export function writeFeatures(features: readonly Feature[], graph: Graph): WrittenFeatures {
  const ids: Name[] = [];
  const slots: Name[] = [];
  for (const feature of features) {
    const column = graph.input(columnInfo(feature, graph.real));
    if (isEmbedded(feature)) ids.push(writeNumbers(feature, column, graph));
    else if (slotNames(feature).length > 0) slots.push(...writeSlots(feature, column, graph));
  }
  return { x: slots.length === 0 ? undefined : beside(slots, graph), ids };
}

/** How the values of a column are given. A float tells moments of today only three minutes apart. */
function columnInfo(feature: Feature, real: ElementType): ValueInfo {
  const { name, type } = feature;
  const shape = ["rows", 1] as const;
  switch (type) {
    case "number":
      return { name, shape, type: real, doc: "a number; NaN where missing" };
    case "date": {
      const doc = "days since 1970-01-01 UTC; NaN where missing";
      return { name, shape, type: feature.cycles.includes("day") ? "double" : real, doc };
    }
    case "text":
    case "boolean": {
      const what = type === "text" ? "text" : '"true" or "false"';
      const isCategory = feature.categories.includes("");
      const doc = isCategory ? `${what}; "" is a category` : `${what}; "" where missing`;
      return { name, shape, type: "string", doc };
    }
    default:
      throw type satisfies never;
  }
}

/** The slots of a column, [rows, 1] each or several at once. */
function writeSlots(
  feature: Exclude<Feature, EmbeddedFeature>,
  column: Name,
  graph: Graph,
): Name[] {
  switch (feature.type) {
    case "number":
    case "date":
      return writeNumber(feature, column, graph);
    case "text":
    case "boolean":
      return [writeCategories(feature, column, graph)];
    default:
      throw feature satisfies never;
  }
}

/** (x − mean)/scale, then the cycles of a date, all 0 where missing; then 1 where missing. */
function writeNumber(feature: NumberFeature | DateFeature, column: Name, graph: Graph): Name[] {
  const { name, mean, scale } = feature;
  const double = (value: number, what: string) =>
    graph.constant(Float64Array.of(value), [], `${name} (${what})`);
  const value = cast(column, "double", graph);
  const asReal = (value: Name) => (graph.real === "double" ? value : cast(value, "float", graph));

  const centred = graph.node("Sub", [value, double(mean, "mean")]);
  const standard = asReal(graph.node("Div", [centred, double(scale, "scale")]));
  const cycles = feature.type === "date" ? feature.cycles : [];
  const points = cycles.flatMap((cycle) => {
    const days = double(daysOf(cycle), cycle);
    const rest = graph.node("Mod", [value, days], { attributes: { fmod: { int: 1 } } });
    const turn = graph.node("Div", [rest, days]);
    const angle = asReal(graph.node("Mul", [turn, double(2 * Math.PI, "turn")]));
    return [graph.node("Sin", [angle]), graph.node("Cos", [angle])];
  });

  const missing = graph.node("IsNaN", [column]);
  const slots = [standard, ...points].map((slot) =>
    graph.node("Where", [missing, graph.number(0), slot]),
  );
  return feature.missing ? [...slots, cast(missing, graph.real, graph)] : slots;
}

/**
 * 1 in the slot of the category, of the others or of what is missing, [rows, slots]; −1 is no slot. The
 * encoder makes [rows, 1, slots].
 */
function writeCategories(feature: CategoryFeature, column: Name, graph: Graph): Name {
  const { categories, other, missing } = feature;
  const count = categories.length;
  const numbers = {
    categories,
    other: other ? count : -1,
    missing: missing ? count + Number(other) : -1,
  };
  const slot = numbered(column, numbers, graph);
  const slots = Array.from({ length: slotNames(feature).length }, (_, s) => s);
  const encoded = graph.node("OneHotEncoder", [slot], {
    domain: "ai.onnx.ml",
    attributes: { cats_int64s: { ints: slots }, zeros: { int: 1 } },
  });
  // Cast in float32, too: ONNX cannot infer what an encoder makes
  return withoutColumn(cast(encoded, graph.real, graph), graph);
}

/** The number of an embedded column's category, [rows]. */
function writeNumbers(feature: EmbeddedFeature, column: Name, graph: Graph): Name {
  const { categories, missing } = feature;
  const other = categories.length;
  const numbers = { categories, other, missing: missing ? other + 1 : other };
  return withoutColumn(numbered(column, numbers, graph), graph);
}

interface Numbers {
  readonly categories: readonly string[];
  readonly other: number;
  readonly missing: number;
}

/** The place of each text in its list; "" is missing unless it is listed. */
function numbered(column: Name, { categories, other, missing }: Numbers, graph: Graph): Name {
  const texts = new Map([
    ["", missing],
    ...categories.map((category, i) => [category, i] as const),
  ]);
  return graph.node("LabelEncoder", [column], {
    domain: "ai.onnx.ml",
    attributes: {
      keys_strings: { strings: [...texts.keys()] },
      values_int64s: { ints: [...texts.values()] },
      default_int64: { int: other },
    },
  });
}

/** [rows, 1, …] → [rows, …] */
const withoutColumn = (value: Name, graph: Graph): Name =>
  graph.node("Squeeze", [value, graph.integers([1])]);

/** Columns beside one another. */
function beside(columns: readonly Name[], graph: Graph): Name {
  const [only, ...others] = columns;
  if (only !== undefined && others.length === 0) return only;
  return graph.node("Concat", columns, { attributes: { axis: { int: 1 } } });
}
