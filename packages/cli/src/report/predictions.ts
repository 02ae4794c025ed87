/** The predictions of the judged rows, as pictures. */

import { figure } from "../figures.ts";
import { confusion, perClass } from "./confusion.ts";
import { calibrationChart, rankingCharts } from "./curves.ts";
import { type Html, html, named } from "./html.ts";
import { quantityCharts } from "./quantities.ts";
import type { Judged, Section } from "./reported.ts";
import { dataTable, scrolling } from "./table.ts";

/** Quantities that are drawn; of more, the first. */
const MOST_QUANTITIES = 6;

export function predictions({ details, judgement }: Judged): Section {
  const { quantities, curves, calibration } = judgement;
  const { classes, confusion: matrix } = details;
  const pictures = [
    classes && matrix && confusion(classes, matrix),
    details.labels && html`<div><h3>Each label</h3>${perClass("Each label", details.labels)}</div>`,
    calibration && calibrationChart(calibration),
    rankingCharts(curves),
  ].filter((part) => part !== undefined);
  const body = html`${details.quantities && eachQuantity(details.quantities)}
${quantities
  .slice(0, MOST_QUANTITIES)
  .map(
    (quantity) =>
      html`${quantities.length > 1 && html`<h3>${named(quantity.name)}</h3>`}${quantityCharts(quantity)}`,
  )}
${pictures.length > 0 && html`<div class="charts">${pictures}</div>`}`;
  return { id: "predictions", title: "Its predictions", body };
}

function eachQuantity(quantities: NonNullable<Judged["details"]["quantities"]>): Html {
  const table = dataTable(
    ["", "R²", "RMSE", "MAE"],
    quantities.map(({ name, r2, rmse, mae }) => [
      named(name),
      ...[r2, rmse, mae].map((value) => (value === undefined ? "–" : figure(value))),
    ]),
  );
  return scrolling("Each quantity", table);
}
