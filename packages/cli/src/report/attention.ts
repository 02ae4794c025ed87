/** What the network looks at: its columns by how much they matter, and what it makes of the strongest. */

import { partialDependence } from "nabla";
import { whole } from "../figures.ts";
import { legendOf } from "./chart.ts";
import { dependenceChart, viewOf } from "./dependence.ts";
import { html } from "./html.ts";
import { byStrength, importanceChart, importanceOf, importanceWords } from "./importance.ts";
import type { Judged, Reported, Section } from "./reported.ts";

const MOST_DEPENDENCES = 6;

/** Undefined where the rows tell nothing. */
export function attention(reported: Reported, judged: Judged): Section | undefined {
  const { table, model } = reported;
  const { rows } = judged;
  const importance = importanceOf(reported, judged);
  if (importance === undefined) return undefined;
  const dependences = byStrength(importance)
    .filter(({ mean }, i) => i === 0 || mean > 0)
    .slice(0, MOST_DEPENDENCES)
    .map(({ name }) => partialDependence(model, table, { column: name, rows }))
    .filter(({ points }) => points.length > 0);

  const view = viewOf(dependences, { target: model.schema.target, table, rows });
  const averaged = dependences[0]?.rows ?? 0;
  const body = html`<div class="charts">${importanceChart(importance)}
<div><h3>How to read this</h3>${importanceWords(importance, rows.length)}</div></div>
${
  dependences.length > 0 &&
  html`<h3>What it makes of the strongest</h3>
<p>The mean prediction over ${whole(averaged)} rows, had all of them this value; the small ticks are values of the rows. All have the same scale.${view.note && html` ${view.note}`}</p>
${view.curves.length > 1 && legendOf(view.names)}
<div class="charts small">${dependences.map((dependence) => dependenceChart(dependence, view))}</div>`
}`;
  return { id: "columns", title: "What it looks at", body };
}
