/** One element of a parameter as it is typed: `W1[0,1]`. */

import type { Element, Tensor } from "../../equations/expression.ts";
import { NablaError, unknownName } from "../../errors.ts";
import { elementAt } from "./instantiate.ts";

/** @throws NablaError with the nearest name, or with how far the indices go */
export function parseWeight(text: string, parameters: readonly Tensor[]): Element {
  const { name = text.trim(), places = "" } =
    /^\s*(?<name>[^[\s]+)\s*\[(?<places>[^\]]*)\]\s*$/u.exec(text)?.groups ?? {};
  const found = parameters.find((parameter) => parameter.name === name);
  if (found === undefined) {
    throw unknownName(
      "parameter",
      name,
      parameters.map((parameter) => parameter.name),
    );
  }
  const shape = found.shape as readonly number[];
  const at = places.trim() === "" ? [] : places.split(",").map((place) => Number(place));
  const isInside =
    at.length === shape.length &&
    at.every((p, d) => Number.isSafeInteger(p) && p >= 0 && p < (shape[d] as number)) &&
    (shape.length === 0 || !places.split(",").some((place) => place.trim() === ""));
  if (isInside) return elementAt(found, at);
  const last = `${name}[${shape.map((size) => size - 1).join(",")}]`;
  const first = `${name}[${shape.map(() => 0).join(",")}]`;
  const expected = `an element from ${first} to ${last}`;
  throw new NablaError("usage", `weight must be ${expected}, got ${text.trim()}`, {
    where: "weight",
    ...{ expected, got: text.trim() },
  });
}
