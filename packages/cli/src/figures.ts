/** Numbers as a reader wants them. */

import { significant } from "./text.ts";

/** Three significant digits: 0.981, 12.3, 4,210, 1.2e-7; four where three would say 1. */
export function figure(x: number): string {
  const size = Math.abs(x);
  if (size < 1 && size >= 0.9995) return String(Number(x.toPrecision(4))).replace("-", "−");
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) return x.toExponential(2).replace("-", "−");
  if (size >= 1000) return Math.round(x).toLocaleString("en").replace("-", "−");
  return String(Number(x.toPrecision(3))).replace("-", "−");
}

/** Of an axis, where there is little room: 0.25, 9,500, 20k, 1.5M. */
export function tick(x: number): string {
  const size = Math.abs(x);
  const unit = [
    { from: 1e9, letter: "G" },
    { from: 1e6, letter: "M" },
    { from: 1e4, letter: "k" },
  ].find(({ from }) => size >= from);
  if (unit === undefined || size >= 1e12) return figure(x);
  const scale = unit.letter === "k" ? 1e3 : unit.from;
  return `${figure(x / scale)}${unit.letter}`;
}

/** As it stood in the table, unless it is long. */
export const exactFigure = (x: number): string =>
  String(x).length <= 8 ? String(x).replace("-", "−") : significant(x).replace("-", "−");

export const whole = (count: number): string =>
  Number.isInteger(count) ? count.toLocaleString("en") : figure(count);

/** `97.1 %`; what is nearly all or nothing in hundredths. */
export function percent(share: number): string {
  const isExtreme = (share > 0 && share < 0.005) || (share > 0.995 && share < 1);
  return `${Number((100 * share).toFixed(isExtreme ? 2 : 1))} %`;
}

/** `93.2 to 100 %` */
export const percentRange = (low: number, high: number): string =>
  `${percent(low).replace(" %", "")} to ${percent(high)}`;

/** The days since 1970 as a date, with the time where there is any. */
export function dateText(days: number): string {
  const date = new Date(days * 86_400_000);
  if (Number.isNaN(date.getTime())) return `day ${figure(days)}`;
  const iso = date.toISOString();
  return iso.endsWith("T00:00:00.000Z") ? iso.slice(0, -14) : iso.slice(0, 16).replace("T", " ");
}

/** A name that has to fit. */
export function shortened(text: string, most: number): string {
  const letters = [...text];
  return letters.length <= most
    ? text
    : `${letters
        .slice(0, most - 1)
        .join("")
        .trimEnd()}…`;
}

/** Some of many, at even steps, the first and the last among them. */
export function thinned<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, i) => {
    return items[Math.round((i / (most - 1)) * (items.length - 1))]!;
  });
}
