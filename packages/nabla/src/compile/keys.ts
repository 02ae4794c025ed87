/** A string for each expression: equal exactly where the trees are, tensors and indices included. */

import type { Expression, Place } from "../equations/expression.ts";

export function newKeys(): (e: Expression) => string {
  const numbers = new Map<unknown, number>();
  const idOf = (thing: unknown): number => {
    const known = numbers.get(thing) ?? numbers.size;
    numbers.set(thing, known);
    return known;
  };

  const placeKey = (place: Place): string =>
    place.kind === "lookup"
      ? key(place.element)
      : `${place.parts.map(({ index, factor }) => `${factor}i${idOf(index)}`).join("+")}+${place.offset}`;

  const known = new WeakMap<Expression, string>();
  const key = (e: Expression): string => {
    const cached = known.get(e);
    if (cached !== undefined) return cached;
    const made = keyNew(e);
    known.set(e, made);
    return made;
  };

  const keyNew = (e: Expression): string => {
    switch (e.kind) {
      case "number":
        return Object.is(e.value, -0) ? "-0" : String(e.value);
      case "scalar":
        return e.name;
      case "element":
        return `t${idOf(e.tensor)}[${e.places.map(placeKey)}]`;
      case "operation":
        return `${e.name}(${e.arguments.map(key)})`;
      case "call":
        return `f${idOf(e.function)}(${e.arguments.map(key)})`;
      case "select":
        return `(${key(e.left)}${e.relation}${key(e.right)}?${key(e.then)}:${key(e.otherwise)})`;
      case "reduction":
        return `r${idOf(e)}`;
      default:
        return e satisfies never;
    }
  };
  return key;
}
