/** The table: what stands in each column. */

import { type ColumnSummary, type Target, type TrainingReport, targetColumns } from "nabla";
import { dateText, exactFigure, percent, shortened, whole } from "../figures.ts";
import { type Html, html, named } from "./html.ts";
import type { Reported, Section } from "./reported.ts";
import { dataTable, scrolling } from "./table.ts";

/** Columns that are shown at once; the others unfold. */
const MOST_ROWS = 20;

export function data({ source, table, columns, model, report }: Reported): Section {
  const { rows, dropped, singletons } = report;
  const roles = rolesOf(model.schema.target, report);
  const sorted = columns.toSorted((a, b) => rank(roles, a) - rank(roles, b));
  const [shown, others] = [sorted.slice(0, MOST_ROWS), sorted.slice(MOST_ROWS)];
  const rowsOf = (list: readonly ColumnSummary[]) =>
    dataTable(
      ["Column", "Type", "Missing", "Distinct", "Range", "Distribution"],
      list.map((column) =>
        row(column, { role: roles.get(column.name) ?? "left out", rows: table.rows }),
      ),
    );
  const body = html`<p>${named(source)} has ${whole(table.rows)} rows of ${columns.length} columns: ${parts(rows)}${
    dropped > 0
      ? html`; ${whole(dropped)} without a target${report.weights?.column === undefined ? "" : " or a weight"} were left out`
      : ""
  }.</p>
${singletons.length > 0 && html`<p class="note">A single row each, which is trained on and not tested: ${singletons.map((name, i) => html`${i > 0 ? ", " : ""}${named(name)}`)}.</p>`}
${scrolling("Columns of the table", rowsOf(shown))}
${others.length > 0 && html`<details class="data"><summary>${others.length} more columns</summary>${scrolling("More columns of the table", rowsOf(others))}</details>`}`;
  return { id: "data", title: "The data", body };
}

/** `206 to train, 69 to stop by, 69 to test` */
function parts({ train, validation, test }: TrainingReport["rows"]): string {
  return [
    `${whole(train)} to train`,
    ...(validation > 0 ? [`${whole(validation)} to stop by`] : []),
    ...(test > 0 ? [`${whole(test)} to test`] : []),
  ].join(", ");
}

type Role = "target" | "feature" | "weight" | "group" | "time" | "left out";
const order: readonly Role[] = ["target", "feature", "weight", "group", "time", "left out"];

function rolesOf(
  target: Target,
  { features, weights, group, time }: TrainingReport,
): Map<string, Role> {
  const roles = new Map<string, Role>(features.map((name) => [name, "feature"]));
  if (weights?.column !== undefined) roles.set(weights.column, "weight");
  if (group !== undefined) roles.set(group, "group");
  if (time !== undefined) roles.set(time, "time");
  for (const { name } of targetColumns(target)) roles.set(name, "target");
  return roles;
}

const rank = (roles: ReadonlyMap<string, Role>, { name }: ColumnSummary): number =>
  order.indexOf(roles.get(name) ?? "left out");

function row(column: ColumnSummary, { role, rows }: { role: Role; rows: number }) {
  const { name, type, missing, distinct } = column;
  return [
    html`${named(name)}${role === "feature" ? "" : html` <small class="role">${role}</small>`}`,
    type,
    missing === 0 ? "–" : html`${whole(missing)} <small>${percent(missing / rows)}</small>`,
    whole(distinct),
    rangeOf(column),
    "top" in column ? topLabels(column, rows - missing) : sparkline(column),
  ];
}

function rangeOf(column: ColumnSummary): Html | string {
  if ("top" in column)
    return html`<span class="words">${column.top.slice(0, 3).map(({ label }, i) => html`${i > 0 ? ", " : ""}${named(shortened(label, 20))}`)}${column.distinct > 3 ? ", …" : ""}</span>`;
  if (column.range === undefined) return "–";
  const { least, median, most } = column.range;
  const format = column.type === "date" ? dateText : exactFigure;
  return html`${format(least)} to ${format(most)}<small>median ${format(median)}</small>`;
}

const SPARK = { width: 100, height: 24 };

/** A bar for each part of the range. */
function sparkline({
  name,
  histogram,
}: Extract<ColumnSummary, { histogram: readonly number[] }>): Html | string {
  if (histogram.length === 0) return "–";
  const most = Math.max(...histogram);
  const step = SPARK.width / histogram.length;
  const bars = histogram.map((count, i) => {
    const height = (count / most) * SPARK.height;
    return `M${(i * step).toFixed(1)} ${SPARK.height}h${(step - 1).toFixed(1)}v${(-height).toFixed(1)}h${(1 - step).toFixed(1)}z`;
  });
  const fullest = histogram.indexOf(most) + 1;
  const label = `Histogram of ${name}: fullest in part ${fullest} of ${histogram.length}`;
  return html`<svg class="spark" viewBox="0 0 ${SPARK.width} ${SPARK.height}" role="img" aria-label="${label}"><path d="${bars.join("")}"/></svg>`;
}

/** One bar in pieces: the most frequent labels, and all others. */
function topLabels(
  { name, top }: Extract<ColumnSummary, { top: unknown }>,
  present: number,
): Html | string {
  if (present === 0) return "–";
  let x = 0;
  const pieces = top.map(({ count }, i) => {
    const width = (count / present) * SPARK.width;
    const piece = html`<rect x="${x.toFixed(1)}" y="4" width="${Math.max(width - 0.8, 0.4).toFixed(1)}" height="16" opacity="${(0.95 - (0.65 * i) / Math.max(top.length - 1, 1)).toFixed(2)}"/>`;
    x += width;
    return piece;
  });
  const label = `Shares of ${name}: ${top.map(({ label, count }) => `${shortened(label, 20)} ${percent(count / present)}`).join(", ")}`;
  return html`<svg class="spark" viewBox="0 0 ${SPARK.width} ${SPARK.height}" role="img" aria-label="${label}">${pieces}</svg>`;
}
