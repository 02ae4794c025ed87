/** Numbers, short and exact: ½, 10⁻⁵, π, 2/√π. */

import type { Item, Row } from "./items.ts";

export interface LaidNumber {
  readonly row: Row;
  readonly flat: number;
  readonly stacked: number;
}

const digits = (text: string): Item => ({ kind: "number", text });
const ratio = (above: Row, below: Row): Row => [{ kind: "fraction", above, below }];
const pi = digits("π");

/** The numbers that have a nicer form than their digits. */
const constants: ReadonlyMap<number, Row> = new Map([
  [0.5, ratio([digits("1")], [digits("2")])],
  [Math.PI, [pi]],
  [2 / Math.PI, ratio([digits("2")], [pi])],
  [1 / Math.sqrt(Math.PI), ratio([digits("1")], [{ kind: "root", of: [pi] }])],
  [2 / Math.sqrt(Math.PI), ratio([digits("2")], [{ kind: "root", of: [pi] }])],
  [Number.POSITIVE_INFINITY, [digits("∞")]],
]);

export const isNegative = (value: number): boolean => value < 0 || Object.is(value, -0);

/** A number that is not negative. */
export function numberRow(value: number): LaidNumber {
  const known = constants.get(value);
  if (known !== undefined) {
    const [item] = known;
    return { row: known, flat: item?.kind === "number" ? 5 : isVulgar(item) ? 4 : 2, stacked: 4 };
  }
  const text = value > 0 && value < 1e-3 ? value.toExponential() : String(value);
  const [size = "", exponent] = text.split("e");
  if (exponent === undefined) return { row: [digits(size)], flat: 5, stacked: 5 };
  const above: Row = [...(exponent.startsWith("-") ? [{ kind: "minus" } as const] : [])];
  const ten: Item = {
    ...{ kind: "power", base: [digits("10")] },
    exponent: [...above, digits(exponent.replace(/^[-+]/, ""))],
  };
  if (size === "1") return { row: [ten], flat: 4, stacked: 4 };
  return { row: [digits(size), { kind: "times", dot: true }, ten], flat: 2, stacked: 2 };
}

const vulgar: ReadonlyMap<string, string> = new Map(
  [..."½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"].map((sign) => [sign.normalize("NFKD").replace("⁄", "/"), sign]),
);

/** ½ for 1 above 2, where there is such a character. */
export function vulgarFraction(above: Row, below: Row): string | undefined {
  const [x, y] = [above[0], below[0]];
  if (above.length !== 1 || below.length !== 1) return undefined;
  if (x?.kind !== "number" || y?.kind !== "number") return undefined;
  return vulgar.get(`${x.text}/${y.text}`);
}

export const isVulgar = (item: Item | undefined): boolean =>
  item?.kind === "fraction" && vulgarFraction(item.above, item.below) !== undefined;
