/** How the costs fell, and what the doctor has to say of it. */

import { dot, line, ruleX, text } from "@observablehq/plot";
import type { Epoch } from "nabla";
import { figure, thinned, tick } from "../figures.ts";
import { endings } from "../summary.ts";
import { counted, duration } from "../text.ts";
import { chart } from "./chart.ts";
import { type Html, html } from "./html.ts";
import type { Reported, Section } from "./reported.ts";
import { dataTable } from "./table.ts";

export function learning({ report, run }: Reported): Section {
  const { epochs, seconds, stopped } = report;
  const body = html`<p>${counted(epochs, "epoch")} in ${duration(seconds)}, ${endings[stopped]}.</p>
<div class="charts">
${learningCurves(run.history)}
<div>${diagnosis(report.findings)}</div>
</div>`;
  return { id: "learning", title: "How it learned", body };
}

interface Point {
  readonly epoch: number;
  readonly cost: number;
  readonly curve: string;
}

/** So many epochs can be seen apart. */
const MOST_POINTS = 300;

function learningCurves(history: readonly Epoch[]): Html | undefined {
  const points = pointsOf(history, "training", ({ cost }) => cost);
  const stopping = pointsOf(history, "validation", ({ validationCost }) => validationCost);
  const all = [...points, ...stopping];
  if (points.length < 2) return undefined;
  const best =
    stopping.length === 0 ? undefined : stopping.reduce((a, b) => (b.cost < a.cost ? b : a));
  const drawn = [...thinned(points, MOST_POINTS), ...thinned(stopping, MOST_POINTS)];
  const costs = all.map(({ cost }) => cost);
  const [least, most] = [Math.min(...costs), Math.max(...costs)];
  const isLog = least > 0 && most / least > 20;
  const last = history.at(-1)!.epoch;
  const legend = stopping.length === 0 ? ["training"] : ["training", "validation"];
  const colour = ({ curve }: Point) => (curve === "training" ? "var(--c1)" : "var(--c2)");

  return chart(
    {
      x: { label: "epoch →", domain: [points[0]!.epoch, last], ticks: 6, tickFormat: tick },
      y: {
        label: `↑ cost${isLog ? ", logarithmic" : ""}`,
        ...(isLog
          ? { type: "log", domain: [least, most], ticks: logTicks(least, most), tickFormat: tick }
          : { zero: least >= 0, ticks: 5, nice: true }),
        grid: true,
      },
      marks: [
        ...(best === undefined
          ? []
          : [ruleX([best.epoch], { stroke: "var(--quiet)", strokeDasharray: "3 3" })]),
        line(drawn, { x: "epoch", y: "cost", z: "curve", stroke: colour, strokeWidth: 2 }),
        ...(best === undefined ? [] : bestMarks(best, last)),
      ],
    },
    {
      title: "Cost after each epoch",
      label: spoken(points, stopping, best),
      legend,
      data: dataTable(
        ["Epoch", ...legend],
        thinned(history, 12).map((epoch) => [
          String(epoch.epoch),
          figure(epoch.cost),
          ...(stopping.length === 0
            ? []
            : [epoch.validationCost === undefined ? "–" : figure(epoch.validationCost)]),
        ]),
      ),
    },
  );
}

/** 1, 2 and 5 times powers of ten; of many powers these alone. */
function logTicks(least: number, most: number): number[] {
  const [from, to] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  const powers = Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
  const steps = to - from > 3 ? [1] : [1, 2, 5];
  return powers
    .flatMap((power) => steps.map((step) => Number((step * power).toPrecision(1))))
    .filter((cost) => cost >= least && cost <= most);
}

function bestMarks(best: Point, last: number) {
  const isLeft = best.epoch > last / 2;
  return [
    dot([best], {
      x: "epoch",
      y: "cost",
      r: 4.5,
      fill: "var(--c2)",
      stroke: "var(--paper)",
      strokeWidth: 1.5,
    }),
    text([best], {
      ...{ x: "epoch", frameAnchor: "top", dy: -12, fill: "var(--quiet)" },
      ...(isLeft ? { textAnchor: "end", dx: 4 } : { textAnchor: "start", dx: -4 }),
      text: () => `best: epoch ${best.epoch}`,
    }),
  ] as const;
}

function pointsOf(
  history: readonly Epoch[],
  curve: string,
  of: (epoch: Epoch) => number | undefined,
): Point[] {
  return history.flatMap((epoch) => {
    const cost = of(epoch);
    return cost === undefined || !Number.isFinite(cost)
      ? []
      : [{ epoch: epoch.epoch, cost, curve }];
  });
}

function spoken(points: readonly Point[], stopping: readonly Point[], best: Point | undefined) {
  const course = (curve: readonly Point[]) =>
    `from ${figure(curve[0]!.cost)} to ${figure(curve.at(-1)!.cost)}`;
  const validation =
    best === undefined
      ? ""
      : `; the validation cost goes ${course(stopping)}, and is lowest, ${figure(best.cost)}, at epoch ${best.epoch}`;
  return `Over ${points.at(-1)!.epoch} epochs the training cost goes ${course(points)}${validation}.`;
}

/** The doctor's findings, each with its remedy. */
function diagnosis(findings: Reported["report"]["findings"]): Html {
  if (findings.length === 0)
    return html`<h3>The doctor</h3><p>Found nothing wrong: no dead units, a suitable learning rate, gradients of a healthy size.</p>`;
  return html`<h3>The doctor</h3>
<ul class="findings">${findings.map(
    ({ where, figure, remedy }) =>
      html`<li><p><strong>${where}</strong>: ${figure}</p><p class="remedy">${remedy}</p></li>`,
  )}</ul>`;
}
