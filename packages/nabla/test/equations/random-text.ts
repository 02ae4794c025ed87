/**
 * Random equation text, valid by construction: every tensor is read where its indices are in scope, a
 * part of one only where its shape is settled, and functions are given arguments at which they are
 * smooth. The cost sees all that is computed.
 */

import type { SystemText } from "../../src/equations/system.ts";
import type { RandomStream } from "../../src/train/random.ts";

/** What an index letter runs over; `within` are the positions of a window. */
type Range = "rows" | "units" | "positions" | "windows" | "within" | "words";

const lettersOf: Readonly<Record<Range, readonly string[]>> = {
  rows: ["n"],
  units: ["i", "j", "k"],
  positions: ["s"],
  windows: ["t"],
  within: ["r"],
  words: ["e"],
};

const rangeOf = (letter: string): Range =>
  (Object.keys(lettersOf) as Range[]).find((range) => lettersOf[range].includes(letter))!;

interface Readable {
  readonly name: string;
  readonly ranges: readonly Range[];
  /** Its shape is known from an equation above, so that a part of it may be read. */
  settled: boolean;
}

interface Draft {
  readonly random: RandomStream;
  /** Windows of two positions, this far apart. */
  readonly stride: number;
  readonly positions: number;
  readonly readable: Readable[];
  /** Computed, and not read so far. */
  readonly unread: Set<Readable>;
  readonly lines: string[];
}

/** Where an expression stands: the letters of the left side, and those that it may use. */
interface Here extends Draft {
  readonly left: readonly string[];
  readonly scope: readonly string[];
}

export function randomText(random: RandomStream): SystemText & { readonly rows: number } {
  const stride = 1 + random.below(2);
  const units = 2 + random.below(2);
  const windows = 2 + random.below(2);
  const words = 2 + random.below(3);
  const positions = stride * (windows - 1) + 2;
  const given = (name: string, ...ranges: Range[]): Readable => ({ name, ranges, settled: false });
  const draft: Draft = {
    random,
    stride,
    positions,
    readable: [given("x", "rows", "units"), given("u", "rows", "positions"), given("y", "rows")],
    unread: new Set(),
    lines: [],
  };

  define(draft, ["n", "j"], (here) => {
    const weights = newParameter({ ...here, scope: ["j", "i"] }, "i");
    return `Σ_i ${weights}·x[n,i] + ${newParameter({ ...here, scope: ["j"] })}`;
  });
  for (let more = 1 + random.below(4); more > 0; more--) {
    const left = [
      ...pick(draft, ["n", "n", "nj", "ni", "ns", "nt", "nt", "njk", "i", "ij", "er", ""]),
    ];
    if (chance(draft, 0.2)) defineSoftmax(draft);
    else define(draft, left, (here) => expression(here, 1 + random.below(3)));
  }
  writeCost(draft);

  const equations = draft.lines.join("\n");
  return {
    equations,
    extents: { i: units, j: units, k: units, s: positions, t: windows, r: 2, e: words, id: words },
    inputs: ["x", "u", "id"].filter((name) => equations.includes(`${name}[`)),
    targets: "y",
    outputs: "c",
    cost: "C",
    rows: 1 + random.below(4),
  };
}

const pick = <T>({ random }: Draft, from: readonly T[]): T => from[random.below(from.length)]!;

const chance = ({ random }: Draft, probability: number): boolean => random.uniform() < probability;

// Equations

function define(
  draft: Draft,
  left: readonly string[],
  right: (here: Here) => string,
  mark = chance(draft, 0.2) ? "training" : undefined,
): Readable {
  const { lines, readable } = draft;
  const target = { name: `h${lines.length}`, ranges: left.map(rangeOf), settled: true };
  const equation = (): string =>
    `${target.name}[${left}] = ${right({ ...draft, left, scope: left })}`;
  lines.push(equation());
  if (mark !== undefined) lines.push(`${equation()}   ${mark}`);

  for (const tensor of readable) {
    tensor.settled ||= lines.some((line) => line.includes(`${tensor.name}[`));
  }
  readable.push(target);
  draft.unread.add(target);
  return target;
}

/** The equations of a softmax, the maximum marked. */
function defineSoftmax(draft: Draft): void {
  const z = define(draft, ["n", "j"], (here) => expression(here, 2));
  const l = draft.lines.length;
  draft.lines.push(`m${l}[n] = max_j ${z.name}[n,j]   stabiliser`);
  draft.lines.push(`s${l}[n] = Σ_j exp(${z.name}[n,j] − m${l}[n])`);
  define(draft, ["n", "k"], () => `exp(${z.name}[n,k] − m${l}[n])/s${l}[n]`, undefined);
  draft.unread.delete(z);
}

/** The cost sees whatever no equation has read. */
function writeCost(draft: Draft): void {
  const term = ({ name, ranges }: Readable): string => {
    const own = ranges.map((range, d) => lettersOf[range][d % lettersOf[range].length]!);
    const over = own.filter((letter) => letter !== "n");
    const body = pick(draft, ["tanh(#)", "0.5*#^2", "#/(1 + abs(#))"]);
    const sum = over.length === 0 ? "" : `Σ_{${over}} `;
    return sum + body.replaceAll("#", `${name}[${own}]`);
  };
  const unread = [...draft.unread];
  const ofRows = unread.filter(({ ranges }) => ranges[0] === "rows");
  const others = unread.filter((tensor) => !ofRows.includes(tensor));
  draft.lines.push(`c[n] = ${["(y[n] − 0.5)^2", ...ofRows.map(term)].join(" + ")}`);
  draft.lines.push(`C = ${["1/N·Σ_n c[n]", ...others.map(term)].join(" + 0.1·")}`);
}

// Elements

/** What may stand where a tensor has this range. */
function placesFor(range: Range, settled: boolean, { scope, stride, positions }: Here): string[] {
  const has = (letter: string): boolean => scope.includes(letter);
  const places = lettersOf[range].filter(has);
  if (range === "words" && has("n")) places.push("id[n]");
  if (range === "positions" && has("t") && has("r")) places.push(`${stride}*t+r`);
  if (!settled) return places;
  if (range === "positions" && has("t")) places.push("t+1", `${positions - 1}-t`);
  if (range === "units" || range === "positions") places.push("0", "1");
  return places;
}

/** An element of the tensor that uses a letter, if there is one. */
function read(tensor: Readable, here: Here, using?: string): string | undefined {
  const options = tensor.ranges.map((range) => placesFor(range, tensor.settled, here));
  if (options.some((places) => places.length === 0)) return undefined;
  const places = options.map((all) => pick(here, all));
  const uses = using === undefined || places.some((p) => new RegExp(`\\b${using}\\b`).test(p));
  return uses ? `${tensor.name}[${places}]` : undefined;
}

function newParameter(here: Here, using?: string): string {
  const free = here.scope.filter((letter) => letter !== "n");
  const places = using === undefined ? [] : [using];
  while (free.length > 0 && places.length < 2 && chance(here, 0.6)) places.push(pick(here, free));
  const ranges = places.map(rangeOf);
  const name = `${["alpha", "b", "W"][places.length]}${here.readable.length}`;
  if (here.scope.includes("n") && chance(here, 0.25)) {
    places.push("id[n]");
    ranges.push("words");
  }
  here.readable.push({ name, ranges, settled: false });
  return `${name}[${places}]`;
}

function element(here: Here, using?: string): string {
  const found = here.readable.flatMap((tensor) => {
    const text = read(tensor, here, using);
    return text === undefined ? [] : [{ tensor, text }];
  });
  if (found.length === 0 || chance(here, 0.3)) return newParameter(here, using);
  const { tensor, text } = pick(here, found);
  here.unread.delete(tensor);
  return text;
}

// Expressions

const functions = ["sigmoid", "softplus", "silu", "gelu", "gelu_tanh", "mish", "elu", "softsign"];
const numbers = ["0.5", "2", "1.5", "0.25", "3", "1e-1", "pi/4", "1/N", "N/(N + 1)"];
const relations = ["<", "<=", ">", ">=", "≤", "≥", "="];

function atom(here: Here): string {
  if (chance(here, 0.15)) return pick(here, numbers);
  const asLeft = `${here.left.map(rangeOf)}`;
  const bare = here.readable.filter(({ ranges, settled }) => settled && `${ranges}` === asLeft);
  if (bare.length === 0 || chance(here, 0.7)) return element(here);
  const named = pick(here, bare);
  here.unread.delete(named);
  return named.name;
}

/** Its indices may be those around, bound again. */
function reduction(here: Here, depth: number): string {
  const single = here.scope.includes("t") ? ["r"] : [pick(here, [..."ijkse"])];
  const over = chance(here, 0.4) ? [...pick(here, ["tr", "ij", "ki"])] : single;
  const inside = { ...here, scope: [...new Set([...here.scope, ...over])] };
  const kind = pick(here, ["Σ", "sum", "max", "mean"]);
  const factors = over.map((letter) => element(inside, letter));
  if (depth > 0 && chance(here, 0.3)) factors.push(`(${reduction(inside, depth - 1)})`);
  else if (depth > 0) factors.push(`(${expression(inside, depth - 1)})`);
  const body = kind === "max" ? `(${factors.join(" + ")})` : factors.join("·");
  return `${kind}_${over.length === 1 ? over[0] : `{${over}}`} ${body}`;
}

/** A sum; products and reductions at its end stand without parentheses. */
function expression(here: Here, depth: number): string {
  if (depth === 0) return atom(here);
  const e = (): string => expression(here, depth - 1);
  const form = pick<() => string>(here, [
    () => `${e()} + ${e()}`,
    () => `${e()} − (${e()})`,
    () => `(${e()})${pick(here, ["·", "*"])}(${e()})`,
    () => `(${e()})/(1 + (${e()})^2)`,
    () => `-(${e()})`,
    () => `tanh(${e()})^3`,
    () => `(1 + (${e()})^2)^-${1 + here.random.below(2)}`,
    () => `exp(tanh(${e()}))`,
    () => `log(1 + (${e()})^2)`,
    () => `log1p((${e()})^2)`,
    () => `expm1(tanh(${e()}))`,
    () => `tanh(${e()})`,
    () => `erf(${e()})`,
    () => `sqrt(1 + (${e()})^2)`,
    () => `abs(${e()})`,
    () => `sign(${e()})*(${e()})`,
    () => `min(${e()}, ${e()})`,
    () => `max(${e()}, ${e()})`,
    () => `select(${e()} ${pick(here, relations)} ${e()}, ${e()}, ${e()})`,
    () => `${pick(here, functions)}(${e()})`,
    () => `(${reduction(here, depth - 1)})*(${e()})`,
    () => `tanh(${reduction(here, depth - 1)})`,
    () => `${e()} + ${pick(here, ["", "0.5·", "1/N·"])}${reduction(here, depth - 1)}`,
  ]);
  return form();
}
