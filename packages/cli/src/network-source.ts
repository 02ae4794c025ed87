/** The network that the flags name: of a model, of layers, or of equations. */

import { basename } from "node:path";
import { costOf, dense, NablaError, type Network, type NetworkDefinition, network } from "nabla";
import { readDefinition, readParameters } from "nabla/files";
import type { Context } from "./context.ts";
import { placedIn, readInput, readModel } from "./model-file.ts";
import { defaults, type NetworkFlags } from "./network-flags.ts";

export interface NamedNetwork {
  /** `iris.safetensors`, or what it is made of. */
  readonly name: string;
  readonly net: Network;
}

/** What a network that is not read from a model is built with, whatever its file says. */
export type Building = Pick<NetworkDefinition, "seed" | "precision">;

/** Reads the network, or builds it. */
export async function readNetwork(
  flags: NetworkFlags & { readonly building?: Building },
  context: Context,
): Promise<NamedNetwork> {
  const { model, layers, equations, building } = flags;
  checkSource(flags);
  if (layers !== undefined) return layered(flags, layers);
  if (equations !== undefined) {
    const definition = { ...readDefinition(await textOf(equations, context)), ...building };
    return { name: basename(equations), net: inFile(equations, () => network(definition)) };
  }
  const given = model as string;
  const read = (await readModel(given, context)).model;
  return { name: basename(given), net: "schema" in read ? read.network : read };
}

/** Sets the parameters that a JSON file holds. */
export async function setParameters(net: Network, given: string, context: Context): Promise<void> {
  const values = readParameters(await textOf(given, context), net.shapes);
  for (const [name, numbers] of values) net.parameters.get(name)?.set(numbers);
}

function layered(
  flags: NetworkFlags & { readonly building?: Building },
  [inputs = 0, ...units]: readonly number[],
): NamedNetwork {
  const {
    activation = defaults.activation,
    cost = defaults.cost,
    outputActivation,
    building,
  } = flags;
  const { link } = costOf(cost);
  const last = outputActivation ?? link ?? activation;
  if (link !== undefined && last !== link) throw badLink(cost, link, last);
  const layers = units.map((count, l) => dense(count, l < units.length - 1 ? activation : last));
  const net = network({ inputs, layers, cost, ...building });
  return { name: `a ${[inputs, ...units].join("-")} network`, net };
}

function badLink(cost: string, expected: string, got: string): NablaError {
  const where = "--output-activation";
  const remedy = "leave it out";
  const message = `--cost ${cost} goes with ${where} ${expected}, got ${got}; ${remedy}`;
  return new NablaError("usage", message, { where, expected, got, remedy });
}

/** There must be one network, and no flag that it has no use for. */
function checkSource({ model, layers, equations, ...flags }: NetworkFlags): void {
  const given = { "a model": model, "--layers": layers, "--equations": equations };
  const [source, other] = namesOf(given);
  if (source === undefined) {
    const remedy = "name a model, or give --layers 2,3,1 or --equations <file>";
    throw new NablaError("usage", `there is no network; ${remedy}`, { remedy });
  }
  if (other !== undefined) throw unsuited(other, `does not go with ${source}`);
  if (source === "--layers") return;
  const { activation, outputActivation, cost } = flags;
  const ofLayers = {
    "--activation": activation,
    "--output-activation": outputActivation,
    "--cost": cost,
  };
  const [flag] = namesOf(ofLayers);
  if (flag !== undefined) throw unsuited(flag, `goes with --layers, got ${source}`);
}

/** Those that have a value. */
export const namesOf = (given: Readonly<Record<string, unknown>>): string[] =>
  Object.keys(given).filter((name) => given[name] !== undefined);

/** `--cost goes with --layers, got a model; leave one out` */
export function unsuited(where: string, fact: string, remedy = "leave one out"): NablaError {
  return new NablaError("usage", `${where} ${fact}; ${remedy}`, { where, remedy });
}

const textOf = async (given: string, context: Context) => ({
  text: new TextDecoder().decode(await readInput(given, context)),
  name: given,
});

/** What is wrong with a definition is wrong with its file. */
function inFile<T>(given: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof NablaError)) throw error;
    throw placedIn(given, new NablaError("data", error.message, error.details));
  }
}
