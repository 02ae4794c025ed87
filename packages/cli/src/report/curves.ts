/** How well probabilities tell classes apart, and whether they mean what they say. */

import { dot, line } from "@observablehq/plot";
import type { Calibration, ClassCurves } from "nabla";
import { figure, percent, shortened, thinned, whole } from "../figures.ts";
import { chart, colours } from "./chart.ts";
import { type Html, html, named } from "./html.ts";
import { dataTable } from "./table.ts";

const MOST_POINTS = 200;

const unit = { domain: [0, 1], ticks: 5, grid: true } as const;
const diagonal = () =>
  line([0, 1], {
    x: (end) => end,
    y: (end) => end,
    stroke: "var(--quiet)",
    strokeDasharray: "4 3",
  });

/** The classes that are told apart worst stand for all of many. */
function chosen(curves: readonly ClassCurves[]) {
  const known = curves.filter(({ roc }) => roc !== undefined);
  const worst = known.toSorted((a, b) => a.rocAuc! - b.rocAuc!).slice(0, colours.length);
  const shown = known.filter((curve) => worst.includes(curve));
  const lacking = curves.length - known.length;
  const note =
    shown.length < known.length
      ? `The ${shown.length} of ${known.length} that are told apart worst.`
      : lacking > 0 && `${lacking} more cannot be judged: there have to be rows of both kinds.`;
  return { shown, note };
}

/** Undefined where there is no class with rows of both kinds. */
export function rankingCharts(curves: readonly ClassCurves[]): Html | undefined {
  const { shown, note } = chosen(curves);
  if (shown.length === 0) return undefined;
  const legend = shown.map(({ name }) => shortened(name, 24));
  const said = (areas: (curve: ClassCurves) => number | undefined) =>
    shown.map((curve, k) => `${legend[k]} ${figure(areas(curve)!)}`).join(", ");
  const drawn = {
    ...{ x: "x", y: "y", z: "k", strokeWidth: 2, strokeLinejoin: "round" },
    stroke: ({ k }: { readonly k: number }) => colours[k]!,
  } as const;

  const roc = shown.flatMap(({ roc }, k) =>
    thinned(roc!, MOST_POINTS).map((p) => ({ k, x: p.falsePositives, y: p.truePositives })),
  );
  const pr = shown.flatMap(({ pr }, k) => {
    const points = thinned(pr!, MOST_POINTS).map((p) => ({ k, x: p.recall, y: p.precision }));
    return [{ ...points[0]!, x: 0 }, ...points];
  });
  const data = dataTable(
    ["", "ROC AUC", "Average precision"],
    shown.map(({ name, rocAuc, prAuc }) => [named(name), figure(rocAuc!), figure(prAuc!)]),
  );
  const rocChart = chart(
    {
      ...{ height: 300, marks: [diagonal(), line(roc, drawn)] },
      x: { ...unit, label: "false positives →" },
      y: { ...unit, label: "↑ true positives" },
    },
    {
      ...{ title: "ROC: what is found, and false alarms", legend, note, data },
      label: `ROC curves. Area under the curve: ${said(({ rocAuc }) => rocAuc)}; guessing has 0.5, the dashed line.`,
    },
  );
  const prChart = chart(
    {
      ...{ height: 300, marks: [line(pr, { ...drawn, curve: "step-before" })] },
      x: { ...unit, label: "recall →" },
      y: { ...unit, label: "↑ precision" },
    },
    {
      ...{ title: "Precision and recall", legend, note },
      label: `Precision-recall curves. Average precision: ${said(({ prAuc }) => prAuc)}.`,
    },
  );
  return html`${rocChart}${prChart}`;
}

const subjects: Readonly<Record<Calibration["of"], string>> = {
  "second-class": "the probability of the second class",
  "predicted-class": "the probability of the class that is named",
  labels: "the probabilities of all labels",
};

/** Undefined where rows weigh nothing. */
export function calibrationChart({ of, bins, expectedError }: Calibration): Html | undefined {
  if (expectedError === undefined) return undefined;
  const most = Math.max(...bins.map(({ count }) => count));
  const off = `on average it is off by ${percent(expectedError)}`;
  return chart(
    {
      height: 300,
      x: { ...unit, label: "probability →" },
      y: { ...unit, label: "↑ how often it came true" },
      r: { type: "identity" },
      marks: [
        diagonal(),
        line(bins, { x: "mean", y: "rate", stroke: "var(--c1)", strokeWidth: 2 }),
        dot(bins, {
          ...{ x: "mean", y: "rate", fill: "var(--c1)", stroke: "var(--paper)", strokeWidth: 1.5 },
          r: ({ count }: { readonly count: number }) => 3 + 5 * Math.sqrt(count / most),
        }),
      ],
    },
    {
      title: "Calibration: do the probabilities hold?",
      label: `Calibration of ${subjects[of]}: ${off}. On the dashed line probabilities come true as often as they say.`,
      note: `Of ${subjects[of]}: ${off} (expected calibration error). Larger dots are more rows.`,
      data: dataTable(
        ["Probability", "Mean", "Came true", "Rows"],
        bins.map(({ from, to, mean, rate, count }) => [
          `${figure(from)} to ${figure(to)}`,
          ...[mean, rate].map(figure),
          whole(count),
        ]),
      ),
    },
  );
}
