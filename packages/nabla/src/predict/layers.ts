/**
 * Layers → the equations of prediction, with the parameters that they have in training. Indices are
 * called by how far they run, u64, and with a prime under a sum.
 */

import { dataError } from "../files/json.ts";
import { activations } from "../functions/activations.ts";
import { links } from "../functions/costs.ts";
import type { Layer, LayeredDefinition } from "../network.ts";
import type { PredictorText } from "./equations.ts";
import { readFormula } from "./grammar.ts";

/** What goes from layer to layer: a tensor [rows, units]. */
interface Values {
  readonly name: string;
  readonly units: number;
  /** The activation that has made these. */
  readonly by?: string;
}

export interface WrittenLayers extends PredictorText {
  /** The numbers in a row of the outputs. */
  readonly outputCount: number;
}

export function writeLayers(definition: LayeredDefinition): WrittenLayers {
  const { inputs, embeddings = [], layers, cost } = definition;
  const lines: string[] = [];
  const extents: Record<string, number> = {};
  let dense = 0;
  let norms = 0;

  const letterOf = (units: number): string => {
    extents[`u${units}`] = units;
    return `u${units}`;
  };
  const elementOf = ({ name, units }: Values, prime = ""): string =>
    `${name}[n,${letterOf(units)}${prime}]`;
  const define = (units: number, body: string): Values => {
    const values = { name: `a${lines.length}`, units };
    lines.push(`${elementOf(values)} = ${body}`);
    return values;
  };
  /** One number for each row. */
  const ofRow = (body: string): string => {
    const name = `r${lines.length}[n]`;
    lines.push(`${name} = ${body}`);
    return name;
  };

  function activate(z: Values, by: string): Values {
    const element = elementOf(z);
    const u = letterOf(z.units);
    if (by === "softmax") {
      const e = define(z.units, `exp(${element} - ${ofRow(`max_${u} ${element}`)})`);
      const sum = ofRow(`sum_${u} ${elementOf(e)}`);
      return { ...define(z.units, `${elementOf(e)}/${sum}`), by };
    }
    if (Object.hasOwn(activations, by))
      return { ...define(z.units, `${by.replaceAll("-", "_")}(${element})`), by };
    check(/\bz\b/.test(by), "a known activation, or a formula in z");
    readFormula(by, new Map([["z", NOTHING]]));
    return { ...define(z.units, by.replaceAll(/\bz\b/g, element)), by };
  }

  function weigh(units: number, read: readonly (readonly [weights: string, Values])[]): Values {
    norms = 0;
    const j = letterOf(units);
    const sums = read.map(([weights, a]) => {
      const i = `${letterOf(a.units)}′`;
      return `sum_${i} ${weights}[${j},${i}]*${elementOf(a, "′")} + `;
    });
    return define(units, `${sums.join("")}b${dense}[${j}]`);
  }

  function normalise(a: Values): Values {
    const j = letterOf(a.units);
    const number = ++norms > 1 ? `${dense}_${norms}` : dense;
    const deviation = define(a.units, `${elementOf(a)} - ${ofRow(`mean_${j} ${elementOf(a)}`)}`);
    const d = elementOf(deviation);
    const spread = ofRow(`sqrt(mean_${j} ${d}^2 + 1e-5)`);
    return define(a.units, `g${number}[${j}]*${d}/${spread} + o${number}[${j}]`);
  }

  /** `link` is the activation of a last dense layer that names none. */
  function write(list: readonly Layer[], x: Values, link?: string): Values {
    check(list.length > 0, "a layer at least");
    return list.reduce((a, layer, position): Values => {
      const { name, units } = a;
      switch (layer.layer) {
        case "dense": {
          const first = ++dense === 1 && a === x ? beside : [];
          const own = units > 0 ? [[`W${dense}`, a] as const] : [];
          const z = weigh(layer.units, [...own, ...first]);
          const by = layer.activation ?? (position === list.length - 1 ? link : undefined);
          return by === undefined ? z : activate(z, by);
        }
        case "activation":
          return activate(a, layer.activation);
        case "layer-norm":
          return normalise(a);
        case "dropout":
          check(layer.rate >= 0 && layer.rate < 1, "a rate in [0, 1)");
          return { name, units };
        case "residual":
          return define(
            units,
            `${elementOf(a)} + ${elementOf({ ...write(layer.layers, a), units })}`,
          );
        default:
          return layer satisfies never;
      }
    }, x);
  }

  const ids = embeddings.map((_, e) => `id${e + 1}`);
  const beside = embeddings.map(({ categories, units }, e) => {
    extents[ids[e]!] = categories;
    return [`V${e + 1}`, define(units, `E${e + 1}[${ids[e]}[n],${letterOf(units)}]`)] as const;
  });
  check(inputs + ids.length > 0, "inputs");
  check(ids.length === 0 || layers[0]?.layer === "dense", "a dense layer, which reads embeddings");
  const link = linkOf(cost);
  const outputs = write(layers, { name: "x", units: inputs }, link ?? "identity");
  check(link === undefined || outputs.by === link, `${link} at the end, with which ${cost} goes`);
  return {
    ...{ equations: lines.join("\n"), extents, outputs: outputs.name, outputCount: outputs.units },
    inputs: [...(inputs > 0 ? ["x"] : []), ...ids],
  };
}

function check(holds: boolean, expected: string): void {
  if (!holds) throw dataError("layers", expected, "others");
}

const NOTHING = { kind: "number", value: 0 } as const;

/** The activation that a cost goes with. */
function linkOf(cost: string): string | undefined {
  if (Object.hasOwn(links, cost)) return links[cost as keyof typeof links];
  check(/\b[az]\b/.test(cost) && /\by\b/.test(cost), "a known cost, or a formula in a or z, and y");
  readFormula(cost, new Map(["a", "z", "y"].map((letter) => [letter, NOTHING])));
  return undefined;
}
