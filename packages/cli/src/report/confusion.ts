/** Which classes are taken for which. A table is the picture, and can be read without seeing it. */

import type { Details } from "nabla";
import { percent, shortened, whole } from "../figures.ts";
import { type Html, html, named } from "./html.ts";
import { dataTable, scrolling } from "./table.ts";

/** A matrix of more classes is read by nobody. */
const MOST_CLASSES = 12;
const MOST_PAIRS = 5;
/** More rows than these stay folded. */
const MOST_OPEN = 6;

type Matrix = readonly (readonly number[])[];
type Scores = NonNullable<Details["classes"]>;

export function confusion(classes: Scores, matrix: Matrix): Html {
  const { names, counts, note } = gathered(classes, matrix);
  const labels = names.map((name) => shortened(name, 18));
  const upright = labels.reduce((sum, label) => sum + label.length, 0) > 48;
  const rows = counts.map((row, actual) => {
    const total = sum(row);
    const cells = row.map((count, predicted) => {
      const share = total === 0 ? 0 : count / total;
      const kind = count === 0 ? "none" : actual === predicted ? "right" : "wrong";
      return html`<td class="${kind}" style="--share:${share.toFixed(3)}">${count === 0 ? "·" : whole(count)}</td>`;
    });
    return html`<tr><th scope="row">${named(labels[actual]!)}</th>${cells}<td class="recall">${total === 0 ? "–" : percent(row[actual]! / total)}</td></tr>
`;
  });
  const table = html`<table class="confusion${upright ? " upright" : ""}">
<thead><tr><th scope="col" class="corner">true ↓ named →</th>${labels.map((name) => html`<th scope="col"><span>${named(name)}</span></th>`)}<th scope="col"><span>right</span></th></tr></thead>
<tbody>${rows}</tbody>
</table>`;
  return html`<div class="${upright ? "whole" : "part"}"><h3>Confusion matrix</h3>
${note && html`<p class="note">${note}</p>`}
${scrolling("Confusion matrix: rows of each true class by the class that was named", table)}
${pairs(classes, matrix)}
${perClass("Each class", classes)}</div>`;
}

/** Rows of one class that were taken for another, the most frequent first. */
const mistakes = (matrix: Matrix) =>
  matrix
    .flatMap((row, actual) => row.map((count, predicted) => ({ count, actual, predicted })))
    .filter(({ count, actual, predicted }) => count > 0 && actual !== predicted)
    .sort((a, b) => b.count - a.count);

/** The classes of the most frequent mistakes, and all others as one. */
function gathered(classes: Scores, matrix: Matrix) {
  const all = classes.map(({ name }) => name);
  if (all.length <= MOST_CLASSES) return { names: all, counts: matrix, note: undefined };
  const chosen = new Set(mistakes(matrix).flatMap(({ actual, predicted }) => [actual, predicted]));
  const rest = all.map((_, c) => c).filter((c) => !chosen.has(c));
  const shown = [...chosen, ...rest].slice(0, MOST_CLASSES - 1).sort((a, b) => a - b);
  const others = all.map((_, c) => c).filter((c) => !shown.includes(c));
  const groups = [...shown.map((c) => [c]), others];
  const counts = groups.map((rows) =>
    groups.map((columns) => sum(rows.flatMap((r) => columns.map((c) => matrix[r]![c]!)))),
  );
  return {
    names: [...shown.map((c) => all[c]!), `${others.length} others`],
    counts,
    note: `Of ${all.length} classes the ${shown.length} of the most frequent mistakes; the others are one, and within it one may be taken for another.`,
  };
}

/** What is wrong most often. */
function pairs(classes: Scores, matrix: Matrix): Html | undefined {
  const wrong = mistakes(matrix).slice(0, MOST_PAIRS);
  if (wrong.length === 0) return html`<p>Every one of these rows is right.</p>`;
  const name = (c: number) => named(classes[c]!.name);
  return html`<p>Most often wrong: ${wrong.map(
    ({ count, actual, predicted }, i) =>
      html`${i > 0 ? "; " : ""}${name(actual)} taken for ${name(predicted)} (${whole(count)})`,
  )}.</p>`;
}

/** Precision and recall of classes or labels. */
export function perClass(title: string, classes: Scores): Html {
  const table = dataTable(
    ["", "Precision", "Recall", "F1", "Rows"],
    classes.map(({ name, precision, recall, f1, support }) => [
      named(name),
      ...[precision, recall, f1].map(percent),
      whole(support),
    ]),
  );
  const rows = scrolling(title, table);
  if (classes.length <= MOST_OPEN) return rows;
  return html`<details class="data"><summary>${title}: precision, recall, F1</summary>${rows}</details>`;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
