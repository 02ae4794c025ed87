/** How much worse the network is without each column. */

import { barX, link, ruleX } from "@observablehq/plot";
import { type ColumnImportance, type Importance, permutationImportance } from "nabla";
import { figure, shortened, tick, whole } from "../figures.ts";
import { chart } from "./chart.ts";
import { type Html, html, named } from "./html.ts";
import { metricWords, wordOf } from "./metric-words.ts";
import type { Judged, Reported } from "./reported.ts";
import { dataTable } from "./table.ts";

/** Rows to shuffle; of wide tables and large networks fewer, so that it takes seconds. */
const MOST_ROWS = 2000;
const FEWEST_ROWS = 100;
const BUDGET = 2e10; // multiplications
const REPEATS = { usual: 10, wide: 3 };
const WIDE = 200; // columns

const MOST_BARS = 15;
const MOST_FIGURES = 100;

/** Undefined where the rows tell nothing. */
export function importanceOf(
  { table, model, report }: Reported,
  { rows }: Judged,
): Importance | undefined {
  const columns = model.schema.features.length;
  const repeats = columns > WIDE ? REPEATS.wide : REPEATS.usual;
  const work = columns * repeats * report.parameters;
  const most = Math.max(FEWEST_ROWS, Math.min(MOST_ROWS, Math.floor(BUDGET / work)));
  return permutationImportance(model, table, { rows, most, repeats });
}

export const byStrength = ({ columns }: Importance): ColumnImportance[] =>
  columns.toSorted((a, b) => b.mean - a.mean);

export function importanceChart(importance: Importance): Html {
  const sorted = byStrength(importance);
  const shown = sorted.slice(0, MOST_BARS);
  const others = sorted.length - shown.length;
  const { label, better } = metricWords[importance.metric];
  const labels = shown.map(({ name }) => shortened(name, 22));
  const best = shown[0]!;
  const y = (_: unknown, i: number) => i;
  const marginLeft = Math.max(60, 18 + 7 * Math.max(...labels.map(({ length }) => length)));
  return chart(
    {
      ...{ height: 60 + 22 * shown.length, marginLeft, marginTop: 6 },
      x: {
        label: `${label} ${better === "lower" ? "added" : "lost"} →`,
        ticks: 5,
        tickFormat: tick,
        nice: true,
        grid: true,
      },
      y: {
        ...{ type: "band", domain: labels.map(y), tickFormat: (i: number) => labels[i]! },
        ...{ label: null, tickSize: 0, padding: 0.35 },
      },
      marks: [
        barX(shown, { x1: 0, x2: "mean", y, fill: "var(--c1)", fillOpacity: 0.75 }),
        link(shown, {
          ...{ x1: "low", x2: "high", y1: y, y2: y, stroke: "currentColor", strokeWidth: 1.5 },
        }),
        ruleX([0], { stroke: "var(--rule)" }),
      ],
    },
    {
      title: "Worse without each column",
      label: `Permutation importance. The strongest column is ${best.name}: without it the ${wordOf(importance.metric)} is ${figure(best.mean)} worse.`,
      note: `The lines reach from the least to the most of the shuffles.${others > 0 ? ` ${others} weaker columns are not drawn.` : ""}`,
      data: dataTable(
        ["Column", "Mean", "Least", "Most"],
        sorted
          .slice(0, MOST_FIGURES)
          .map(({ name, mean, low, high }) => [named(name), ...[mean, low, high].map(figure)]),
      ),
    },
  );
}

export function importanceWords({ metric, rows }: Importance, all: number): Html {
  const sample = `Measured on ${whole(rows)} of the ${whole(all)} rows, drawn at random.`;
  return html`<p>The values of one column are shuffled among the rows, several times, so that they say nothing any more. How much worse the ${wordOf(metric)} becomes is what the network owes to that column. Of columns that say the same, each seems to matter little.</p>
${rows < all && html`<p class="note">${sample}</p>`}`;
}
