/** Predicted quantities beside the true ones, and what is left over. */

import { dot, line, rectY, ruleX, ruleY } from "@observablehq/plot";
import type { JudgedQuantity } from "nabla";
import { exactFigure, figure, thinned, tick, whole } from "../figures.ts";
import { chart, small } from "./chart.ts";
import { type Html, html } from "./html.ts";
import { dataTable } from "./table.ts";

/** More dots than these are a blot. */
const MOST_DOTS = 1000;
const BINS = 25;

interface Row {
  readonly value: number;
  readonly predicted: number;
  /** value − predicted */
  readonly residual: number;
}

export function quantityCharts({ name, predictions, values }: JudgedQuantity): Html {
  const rows = Array.from(values, (value, n) => {
    const predicted = predictions[n]!;
    return { value, predicted, residual: value - predicted };
  });
  return html`<div class="charts small">${against(name, rows)}${residuals(name, rows)}${spread(name, rows)}</div>`;
}

const SIZE = { ...small, height: 300 };
const diagonal = { stroke: "var(--quiet)", strokeDasharray: "4 3" };
const axis = { nice: true, ticks: 5, tickFormat: tick, grid: true };

function against(name: string, rows: readonly Row[]): Html {
  const shown = thinned(rows, MOST_DOTS);
  const domain = extent(rows.flatMap(({ value, predicted }) => [value, predicted]));
  const side = { ...axis, domain };
  return chart(
    {
      ...SIZE,
      x: { ...side, label: "predicted →" },
      y: { ...side, label: "↑ true" },
      marks: [
        line(domain, { x: (end) => end, y: (end) => end, ...diagonal }),
        dot(shown, { ...dots(shown), x: "predicted", y: "value", fill: "var(--c1)" }),
      ],
    },
    {
      title: "Predicted and true",
      label: `True ${name} against predicted, ${whole(rows.length)} rows; on the dashed line they are equal. Half of the predictions are within ${figure(typical(rows))} of the true value.`,
      note: shown.length < rows.length && `${whole(shown.length)} of ${whole(rows.length)} rows.`,
      data: dataTable(
        ["Predicted", "True"],
        thinned(rows, 12).map(({ predicted, value }) => [figure(predicted), exactFigure(value)]),
      ),
    },
  );
}

function residuals(name: string, rows: readonly Row[]): Html {
  const shown = thinned(rows, MOST_DOTS);
  const [least, most] = extent(rows.map(({ residual }) => residual));
  return chart(
    {
      ...SIZE,
      x: { ...axis, label: "predicted →" },
      y: { ...axis, label: "↑ true − predicted" },
      marks: [
        ruleY([0], diagonal),
        dot(shown, { ...dots(shown), x: "predicted", y: "residual", fill: "var(--c2)" }),
      ],
    },
    {
      title: "What is left over",
      label: `Residuals, true ${name} less the predicted one, against the prediction: from ${figure(least)} to ${figure(most)}.`,
      note: "A pattern here is something that the network has not learnt.",
    },
  );
}

function spread(name: string, rows: readonly Row[]): Html {
  const [least, most] = extent(rows.map(({ residual }) => residual));
  const width = (most - least) / BINS || 1;
  const counts = new Array<number>(BINS).fill(0);
  for (const { residual } of rows)
    counts[Math.min(BINS - 1, Math.floor((residual - least) / width))]!++;
  const bars = counts.map((count, i) => {
    return { from: least + i * width, to: least + (i + 1) * width, count };
  });
  return chart(
    {
      ...SIZE,
      x: { label: "true − predicted →", ticks: 5, tickFormat: tick },
      y: { label: "↑ rows", ticks: 4, tickFormat: tick, grid: true },
      marks: [
        rectY(bars, { x1: "from", x2: "to", y: "count", fill: "var(--c2)", inset: 0.5 }),
        ruleX([0], diagonal),
        ruleY([0], { stroke: "var(--rule)" }),
      ],
    },
    {
      title: "How far off",
      label: `Histogram of the residuals of ${name}; half of them are within ${figure(typical(rows))} of 0.`,
      note: `Half of the predictions are within ${figure(typical(rows))} of the true value.`,
    },
  );
}

const dots = (shown: readonly unknown[]) =>
  shown.length > 300 ? { r: 2, fillOpacity: 0.45 } : { r: 3.2, fillOpacity: 0.65 };

/** The median of the absolute residuals. */
function typical(rows: readonly Row[]): number {
  const sizes = rows.map(({ residual }) => Math.abs(residual)).sort((a, b) => a - b);
  return sizes[Math.floor(sizes.length / 2)] ?? 0;
}

function extent(numbers: readonly number[]): [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const x of numbers) [least, most] = [Math.min(least, x), Math.max(most, x)];
  return [least, most];
}
