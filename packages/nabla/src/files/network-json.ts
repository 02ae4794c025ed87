/** A network as people write it in JSON: its definition, and the numbers of its parameters. */

import { NablaError, unknownName } from "../errors.ts";
import type { NetworkDefinition } from "../network.ts";
import { dataError, type JsonText, type JsonValue, readJson } from "./json.ts";
import { networkDefinition } from "./model-parts.ts";
import { isRecord, number } from "./plain.ts";

/**
 * The definition in a JSON text: what `network()` takes, and nothing else.
 * @throws NablaError with the place in the text
 */
export const readDefinition = (source: JsonText): NetworkDefinition =>
  networkDefinition(readJson(source), source.name);

/**
 * Parameters by name, flat and row-major, from `{ "W1": [[…]], "b1": […] }`; some may be left out.
 * @throws NablaError where a name is not among `shapes`, or a list is not of its shape
 */
export function readParameters(
  source: JsonText,
  shapes: ReadonlyMap<string, readonly number[]>,
): Map<string, number[]> {
  const value = readJson(source);
  if (!isRecord(value)) throw dataError(source.name, "an object of parameters", kindOf(value));
  const entries = Object.entries(value).map(([name, values]): [string, number[]] => {
    const shape = shapes.get(name);
    if (shape === undefined) throw unknownParameter(source.name, name, [...shapes.keys()]);
    return [name, flatten(values, shape, `${source.name}, ${name}`)];
  });
  return new Map(entries);
}

function flatten(value: JsonValue, [extent, ...inner]: readonly number[], where: string): number[] {
  if (extent === undefined) return [number(value, where)];
  const expected = `${extent} ${inner.length === 0 ? "number" : "list"}${extent === 1 ? "" : "s"}`;
  if (!Array.isArray(value)) throw dataError(where, expected, kindOf(value));
  if (value.length !== extent) throw dataError(where, expected, String(value.length));
  return value.flatMap((item, i) => flatten(item, inner, `${where}[${i}]`));
}

function unknownParameter(where: string, name: string, known: readonly string[]): NablaError {
  const { message, details } = unknownName("parameter", name, known);
  return new NablaError("data", `${where}: ${message}`, { ...details, where });
}

const kindOf = (value: JsonValue): string =>
  Array.isArray(value) ? "a list" : isRecord(value) ? "an object" : JSON.stringify(value);
