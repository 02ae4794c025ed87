/**
 * The text of a system → the steps that its outputs need. What only the cost and its training need is
 * read too, for its parameters, and left out at the end.
 */

import type { Extent, Index, Tensor } from "../equations/expression.ts";
import type { SystemText } from "../equations/system.ts";
import { isFunction, type Names, reachOf, readExpression } from "./grammar.ts";
import { lexer } from "./lex.ts";
import { everyElement, indexOf, type Place, type Step } from "./step.ts";

export interface Predictor {
  readonly steps: readonly Step[];
  /** Those that the steps read, or all, which then tell how many rows there are; */
  readonly inputs: readonly Tensor[];
  /** and what they read that only training knows. */
  readonly unknown: readonly Tensor[];
  readonly outputs: Tensor;
  /** Those of the cost included. */
  readonly parameters: readonly Tensor[];
}

/** Layers alone have no cost. */
export type PredictorText = Omit<SystemText, "cost"> & { readonly cost?: string };

/** Reads a system as `readSystem` does. Throws where that would. */
export function readPredictor(text: PredictorText): Predictor {
  const { extents, masks = {}, targets, weights, cost } = text;
  const inputs = [text.inputs].flat();
  const given = [...inputs, targets, weights, ...Object.keys(masks)].filter(
    (name) => name !== undefined,
  );
  const tensors = new Map<string, Tensor>();
  const steps: Step[] = [];
  let rowsLetter: string | undefined;
  const read = lexer(text.equations);
  const { demand, fail } = read;
  for (const extent of Object.values(extents)) demand(Number.isSafeInteger(extent) && extent > 0);
  for (const keep of Object.values(masks)) demand(keep > 0 && keep <= 1);

  const declare = (name: string, shape: readonly Extent[]): Tensor => {
    const isGiven = given.includes(name);
    demand(!read.starts(name) && !shape.includes("rows", isGiven ? 1 : 0));
    const count = isGiven && Object.hasOwn(extents, name) ? extents[name] : undefined;
    const role = isGiven ? "input" : "parameter";
    return { name, shape, role, ...(count !== undefined && { count }) };
  };
  const fits = (place: Place, extent: Extent | undefined): boolean => {
    const reach = reachOf(place, read);
    const isPart = place.lookup === undefined && indexOf(place) === undefined;
    return (
      reach === extent || (isPart && extent !== "rows" && (reach as number) <= (extent as number))
    );
  };
  const names: Names = {
    scalar: "N",
    extentOf(primed) {
      const letter = primed.replace(/′+$/, "");
      if (Object.hasOwn(extents, letter)) return extents[letter]!;
      rowsLetter ??= letter;
      return letter === rowsLetter ? "rows" : fail();
    },
    read(name, places) {
      const known = tensors.get(name);
      const tensor =
        known ??
        declare(
          name,
          places.map((place) => reachOf(place, read)),
        );
      const { shape } = tensor;
      demand(places.length === shape.length && places.every((place, d) => fits(place, shape[d])));
      tensors.set(name, tensor);
      return tensor;
    },
    known: (name) => tensors.get(name),
    isGiven: (name) => given.includes(name),
  };

  const defined = new Set<string>();
  while (!read.isEnd()) {
    const name = read.name();
    demand(!isFunction(name) && ![...given, "select", "pi", "N"].includes(name));
    const indices: Index[] = [];
    if (read.take("[")) {
      while (!read.is("]")) {
        const letter = read.name();
        demand(!indices.some(({ name }) => name === letter));
        indices.push({ name: letter, extent: names.extentOf(letter) });
        if (!read.take(",")) break;
      }
      read.expect("]");
    }
    const shape = indices.map(({ extent }) => extent);
    const target: Tensor = tensors.get(name) ?? { name, shape, role: "computed" };
    demand(!shape.includes("rows", 1) && `${target.shape}` === `${shape}`);
    tensors.set(name, target);
    read.expect("=");

    const body = readExpression(read, names, { target, indices, steps });
    const mark = read.peek().kind === "name" ? read.next() : "";
    demand(/^(|stabili[sz]er|training)$/.test(mark) && read.peek().kind === "newline");
    const isTraining = mark === "training";
    const phase = `${name} ${isTraining}`;
    demand(!defined.has(phase));
    defined.add(phase);
    if (!isTraining) steps.push({ target, indices, over: [], isMax: false, body });
  }

  const named = (name: string): Tensor => {
    const tensor = tensors.get(name) ?? fail();
    demand(tensor.shape[0] === "rows");
    return tensor;
  };
  given.forEach(named);
  const { role, shape } = tensors.get(cost ?? "") ?? {};
  demand(cost === undefined || (role === "computed" && shape?.length === 0));

  const outputs = named(text.outputs);
  const needed = new Set([outputs]);
  const kept = steps.toReversed().filter(({ target, over, body }) => {
    if (!needed.delete(target)) return false;
    demand(over.every(({ extent }) => extent !== "rows"));
    everyElement(body, ({ tensor }) => !!needed.add(tensor));
    return true;
  });
  const own = inputs.map(named);
  const seen = own.filter((tensor) => needed.has(tensor));
  const rest = [...needed].filter((tensor) => tensor.role !== "parameter" && !own.includes(tensor));
  demand(rest.every(({ role }) => role === "input"));
  return {
    steps: kept.reverse(),
    inputs: seen.length > 0 ? seen : own,
    unknown: rest,
    outputs,
    parameters: [...tensors.values()].filter(({ role }) => role === "parameter"),
  };
}
