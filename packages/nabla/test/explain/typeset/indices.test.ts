import { expect, test } from "vitest";
import type { Equation } from "../../../src/equations/equation.ts";
import { type Index, type Tensor, walk } from "../../../src/equations/expression.ts";
import { flat } from "../../../src/explain/typeset/flat.ts";
import { leftRow, rightRow } from "../../../src/explain/typeset/layout.ts";
import { tensorRow } from "../../../src/explain/typeset/names.ts";
import { randomStream } from "../../../src/train/random.ts";
import { knownLists } from "../../equations/known-lists.ts";
import { derive, evaluateAt, randomPoint, systemOf } from "../../equations/points.ts";
import { randomLists } from "../../equations/random-lists.ts";
import type { Point } from "../../oracles/dual.ts";
import { read } from "./indices.ts";

const none = { tensors: new Map(), functions: new Map(), names: new Map() };

const lists = [
  ...knownLists.map((list) => {
    const system = systemOf(list);
    const point = randomPoint(system, Math.min(list.rows, 3), randomStream(2, "split", 1));
    return { name: list.name, system, point };
  }),
  ...randomLists(100).map(({ seed, system, point }) => ({ name: `list ${seed}`, system, point })),
];

/** Elements by the names under which their tensors are written. */
function elementsAt(equations: readonly Equation[], point: Point) {
  const at = evaluateAt(equations, point);
  const tensors = [...point.values.keys(), ...equations.map(({ target }) => target)];
  const byName = new Map(tensors.map((tensor) => [writtenName(tensor), tensor]));
  return (name: string, places: readonly number[]): number => {
    const tensor = byName.get(name);
    if (tensor === undefined) throw new Error(`unknown ${name}`);
    const offset = places.reduce((sum, place, d) => {
      const extent = tensor.shape[d]!;
      return sum * (extent === "rows" ? point.rows : extent) + place;
    }, 0);
    return at(tensor)[offset]!;
  };
}

const writtenName = (tensor: Tensor): string => flat(tensorRow(tensor, [], none));

function indicesOf({ indices, terms }: Equation): Index[] {
  const inside = terms.flatMap(({ over, body }) => [
    ...over,
    ...[...walk(body)].flatMap((e) => (e.kind === "reduction" ? e.over : [])),
  ]);
  return [...indices, ...inside];
}

/** All places of an equation's left side, as the values of its indices. */
function placesOf({ indices }: Equation, rows: number): number[][] {
  return indices.reduce<number[][]>(
    (all, { extent }) =>
      all.flatMap((place) =>
        Array.from({ length: extent === "rows" ? rows : extent }, (_, i) => [...place, i]),
      ),
    [[]],
  );
}

test.each(["flat", "stacked"] as const)(
  "what %s rows of index notation say has the value of the equation",
  (kind) => {
    let compared = 0;
    const wrong = lists.flatMap(({ name, system, point }) => {
      const { forward, equations } = derive(system);
      const all = [...forward, ...equations];
      const element = elementsAt(all, point);
      return all.flatMap((equation) => {
        const extents = new Map(
          indicesOf(equation).map(({ name: letter, extent }) => [letter, extent]),
        );
        const extent = (letter: string): number => {
          const found = extents.get(letter.replace(/′+$/, ""))!;
          return found === "rows" ? point.rows : found;
        };
        const [left, right] = [leftRow(equation, none), rightRow(equation, none)];
        const letters = lettersOf(equation);
        const errors = placesOf(equation, point.rows).map((place) => {
          const at = new Map(place.map((value, d) => [letters[d]!, value]));
          const value = read(right, { kind, element, extent, scalars: { N: point.rows } }, at);
          const expected = element(writtenName(equation.target), place);
          compared++;
          return Object.is(value, expected)
            ? 0
            : Math.abs(value - expected) / Math.max(1, Math.abs(expected));
        });
        const worst = Math.max(...errors);
        return worst < 1e-11 ? [] : [`${name}: ${flat(left)} = ${flat(right)}: ${worst}`];
      });
    });
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(5000);
  },
);

/** The letters of the left side: a second index of a name has a prime. */
function lettersOf({ indices }: Equation): string[] {
  const letters: string[] = [];
  for (const { name } of indices) {
    let letter = name;
    while (letters.includes(letter)) letter += "′";
    letters.push(letter);
  }
  return letters;
}
