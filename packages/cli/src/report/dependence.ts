/** How predictions depend on one column: a curve over numbers, bars over categories. */

import { barX, dot, line, type PlotOptions, ruleX, tickX } from "@observablehq/plot";
import {
  type Dependence,
  type DependencePoint,
  type Table,
  type Target,
  targetColumns,
} from "nabla";
import { dateText, figure, shortened, thinned, tick } from "../figures.ts";
import { chart, colours, small } from "./chart.ts";
import { type Content, type Html, named } from "./html.ts";
import { dataTable } from "./table.ts";

/** What the predictions are of, and the rows whose values are marked. */
export interface Around {
  readonly target: Target;
  readonly table: Table;
  readonly rows: Uint32Array;
}

/** One of the outputs. */
interface Curve {
  readonly name: string;
  readonly k: number;
}

/** What all charts of one report share, so that they can be compared. */
export interface View extends Around {
  readonly curves: readonly Curve[];
  readonly names: readonly string[];
  /** Where some outputs are not drawn. */
  readonly note: string | undefined;
  /** Of the axis of predictions. */
  readonly what: string;
  readonly domain: readonly [number, number];
}

const DAY = 86_400_000; // ms
const MOST_MARKS = 120;

/** As many outputs as there are colours: those that change most. */
export function viewOf(dependences: readonly Dependence[], around: Around): View {
  const { target } = around;
  const outputs = outputsOf(target);
  const reach = (curve: Curve) =>
    dependences.reduce((sum, { points }) => sum + reachOf(points, curve), 0);
  const strongest = outputs.toSorted((a, b) => reach(b) - reach(a)).slice(0, colours.length);
  const curves = outputs.filter((curve) => strongest.includes(curve));
  const names = curves.map(({ name }) => shortened(name, 24));

  const means = dependences.flatMap(({ points }) =>
    points.flatMap(({ means }) => curves.map(({ k }) => means[k]!)),
  );
  const least = target.task === "regression" ? Math.min(...means) : 0;
  return {
    ...around,
    ...{ curves, names, what: axisOf(target, names), domain: [least, Math.max(...means)] },
    note:
      curves.length < outputs.length
        ? `Of ${outputs.length} outputs the ${curves.length} that change most.`
        : undefined,
  };
}

/** Of two classes the second says all. */
function outputsOf(target: Target): Curve[] {
  const names =
    target.task === "classification"
      ? target.classes
      : targetColumns(target).map(({ name }) => name);
  const all = names.map((name, k) => ({ name, k }));
  return target.task === "classification" && all.length === 2 ? all.slice(1) : all;
}

function reachOf(points: readonly DependencePoint[], { k }: Curve): number {
  const means = points.map(({ means }) => means[k]!);
  return Math.max(...means) - Math.min(...means);
}

function axisOf(target: Target, names: readonly string[]): string {
  const only = names.length === 1 ? names[0]! : undefined;
  if (target.task === "regression") return only ?? "prediction";
  return only === undefined ? "probability" : `probability of ${only}`;
}

export function dependenceChart(dependence: Dependence, view: View): Html {
  const { column, points } = dependence;
  const { curves, names } = view;
  const options = isNumeric(dependence) ? numberOptions : categoryOptions;
  return chart(options(dependence, view), {
    title: named(column),
    label: spoken(dependence, curves),
    data: dataTable(
      [named(column), ...names.map(named)],
      thinned(points, 12).map(({ value, means }) => [
        valueCell(dependence, value),
        ...curves.map(({ k }) => figure(means[k]!)),
      ]),
    ),
  });
}

const isNumeric = ({ type }: Dependence): boolean => type === "number" || type === "date";

/** A curve for each output; the ticks below are values of the rows. */
function numberOptions({ points, column, type }: Dependence, view: View): PlotOptions {
  const { curves, table, rows, what, domain } = view;
  const isDate = type === "date";
  const at = (value: unknown) => (isDate ? new Date(Number(value) * DAY) : Number(value));
  const drawn = curves.flatMap(({ k }, i) =>
    points.map(({ value, means }) => ({ i, x: at(value), y: means[k]! })),
  );
  const [from, to] = [Number(points[0]!.value), Number(points.at(-1)!.value)];
  const { values } = table.columns.find(({ name }) => name === column)!;
  const marked = thinned(Array.from(rows), MOST_MARKS)
    .map((row) => Number(values[row]))
    .filter((value) => value >= from && value <= to);
  const stroke = ({ i }: { readonly i: number }) => colours[i]!;
  return {
    ...{ ...small, marginBottom: 28 },
    x: { label: null, ticks: isDate ? 4 : 5, ...(!isDate && { tickFormat: tick }) },
    y: { label: `↑ ${what}`, domain, ticks: 4, tickFormat: tick, nice: true, grid: true },
    marks: [
      tickX(marked, { x: at, stroke: "var(--quiet)", strokeOpacity: 0.6, insetTop: 154 }),
      line(drawn, { x: "x", y: "y", z: "i", stroke, strokeWidth: 2.2 }),
      ...(points.length === 1 ? [dot(drawn, { x: "x", y: "y", fill: stroke })] : []),
    ],
  };
}

/** Bars for one output, dots for several. */
function categoryOptions({ points }: Dependence, view: View): PlotOptions {
  const { curves, what, domain } = view;
  const labels = points.map(({ value }) => shortened(String(value ?? "(missing)"), 18));
  const entries = points.flatMap(({ means }, p) =>
    curves.map(({ k }, i) => ({ p, i, mean: means[k]! })),
  );
  const dots = curves.map((_, own) =>
    dot(
      entries.filter(({ i }) => i === own),
      { x: "mean", y: "p", r: 4.5, dy: (own - (curves.length - 1) / 2) * 6, fill: colours[own]! },
    ),
  );
  const bars = [
    barX(entries, { x1: 0, x2: "mean", y: "p", fill: colours[0]!, fillOpacity: 0.75 }),
    ruleX([0], { stroke: "var(--rule)" }),
  ];
  const isSingle = curves.length === 1;
  const rowHeight = isSingle ? 28 : 20 + 6 * curves.length;
  const marginLeft = Math.max(46, 18 + 7.2 * Math.max(...labels.map(({ length }) => length)));
  return {
    ...{ ...small, height: 52 + rowHeight * labels.length, marginLeft, marginTop: 6 },
    x: {
      ...{ label: `${what} →`, ticks: 4, tickFormat: tick, nice: true, grid: true },
      domain: [Math.min(0, domain[0]), Math.max(0, domain[1])],
    },
    y: {
      ...{ type: "band", domain: labels.map((_, p) => p), tickFormat: (p: number) => labels[p]! },
      ...{ label: null, tickSize: 0, padding: 0.3 },
    },
    marks: isSingle ? bars : dots,
  };
}

function valueCell({ type }: Dependence, value: DependencePoint["value"]): Content {
  if (value === null) return "(missing)";
  if (typeof value === "string") return named(value);
  return type === "date" ? dateText(value) : figure(value);
}

/** `Partial dependence on mass: Adelie goes from 0.98 at 2,700 to 0.02 at 6,300.` */
function spoken(dependence: Dependence, curves: readonly Curve[]): string {
  const { column, type, points } = dependence;
  const [strongest] = curves.toSorted((a, b) => reachOf(points, b) - reachOf(points, a));
  if (strongest === undefined) return `Partial dependence on ${column}.`;
  const mean = ({ means }: DependencePoint) => means[strongest.k]!;
  const words = (point: DependencePoint) => {
    const { value } = point;
    const isText = typeof value === "string" || value === null;
    const of = isText
      ? (value ?? "missing values")
      : type === "date"
        ? dateText(value)
        : figure(value);
    return `${figure(mean(point))} at ${of}`;
  };
  const ordered = isNumeric(dependence) ? points : points.toSorted((a, b) => mean(b) - mean(a));
  return `Partial dependence on ${column}: ${strongest.name} goes from ${words(ordered[0]!)} to ${words(ordered.at(-1)!)}.`;
}
