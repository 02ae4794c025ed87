/** The network beside two that need no art: one without hidden layers, and always the same answer. */

import { dot, link, ruleX } from "@observablehq/plot";
import type { TrainingReport } from "nabla";
import { percent, tick } from "../figures.ts";
import { chart } from "./chart.ts";
import { type Html, html } from "./html.ts";
import { type MetricName, metricWords, wordOf } from "./metric-words.ts";
import { type Judged, type Reported, rowsOf, type Section } from "./reported.ts";
import { dataTable, scrolling } from "./table.ts";

/**
 * `best` beats both, `even` only the constant one, both beyond chance where that is known. `learnt` has
 * its cost alone to say so, `unknown` not even that of rows it did not see.
 */
export type Standing = "best" | "even" | "useless" | "learnt" | "unknown";

type Lead = NonNullable<NonNullable<TrainingReport["comparison"]>["constant"]>;

export function standingOf({ report }: Reported, judged: Judged | undefined): Standing {
  const { comparison, beatsConstant } = report;
  if (comparison === undefined) {
    if (!beatsConstant) return "useless";
    return judged === undefined ? "unknown" : "learnt";
  }
  const isAhead = (lead: Lead | undefined) =>
    lead === undefined || (lead.low ?? lead.difference) > 0;
  if (!isAhead(comparison.constant)) return "useless";
  if (!isAhead(comparison.linear)) return "even";
  return comparison.linear === undefined ? "learnt" : "best";
}

/** `The log loss is 0.05; without hidden layers it is 0.09, with always the same answer 1.04.` */
export function baselineWords({ report }: Reported): Html {
  const { comparison, metrics, baseline, beatsConstant } = report;
  if (comparison === undefined) {
    return html`Its cost is ${beatsConstant ? "lower" : "no lower"} than that of always the same answer.`;
  }
  const { metric } = comparison;
  const { format } = metricWords[metric];
  const of = (value: number | undefined) => (value === undefined ? "unknown" : format(value));
  const linear =
    comparison.linear && html`without hidden layers it is ${of(baseline.linear[metric])}, `;
  return html`Its ${wordOf(metric)} is ${of(metrics[metric])}; ${linear}with always the same answer ${of(baseline.constant[metric])}.`;
}

/** All metrics as a table, and that of the comparison as a picture. */
export function scores(reported: Reported, judged: Judged): Section | undefined {
  const names = Object.keys(judged.metrics) as MetricName[];
  if (names.length === 0) return undefined;
  const { report } = reported;
  const hasRanges = judged.part === "test" && Object.keys(report.intervals ?? {}).length > 0;
  const table = judged.part === "test" ? comparisonTable(report, names) : plainTable(judged, names);
  const body = html`<div class="charts">
<div class="metrics">${scrolling(`Metrics of the ${rowsOf(judged)}`, table)}
${hasRanges && html`<p class="note">Ranges: 95 % of what tests with other rows of the kind would give.</p>`}</div>
${comparisonChart(report)}
</div>
${foldsTable(report)}`;
  return { id: "scores", title: `On the ${rowsOf(judged)}`, body };
}

const nameCell = (name: MetricName): Html => {
  const { label, meaning, better } = metricWords[name];
  const arrow = better === "higher" ? "↑" : "↓";
  return html`${label}\u00a0<span class="better" role="img" aria-label="${better} is better">${arrow}</span><small>${meaning}</small>`;
};

const plainTable = ({ metrics }: Judged, names: readonly MetricName[]): Html =>
  dataTable(
    ["", "This network"],
    names.map((name) => [nameCell(name), metricWords[name].format(metrics[name]!)]),
  );

function comparisonTable(report: TrainingReport, names: readonly MetricName[]): Html {
  const { metrics, baseline, intervals = {} } = report;
  const rows = names.map((name) => {
    const { format } = metricWords[name];
    const { low, high } = intervals[name] ?? {};
    const isKnown = low !== undefined && high !== undefined;
    const range = isKnown && html`<small>${metricWords[name].range(low, high)}</small>`;
    const others = [baseline.linear, baseline.constant].map((of) => of[name]);
    return [
      nameCell(name),
      html`<strong>${format(metrics[name]!)}</strong>${range}`,
      ...others.map((value) => (value === undefined ? "–" : format(value))),
    ];
  });
  return dataTable(["", "This network", "Without hidden layers", "Always the same"], rows);
}

function comparisonChart({ comparison, metrics, baseline, intervals = {} }: TrainingReport) {
  if (comparison === undefined) return undefined;
  const { metric } = comparison;
  const { label, better, format } = metricWords[metric];
  const isShare = metric === "balancedAccuracy";
  const entries = [
    { who: "this network", value: metrics[metric], range: intervals[metric] },
    { who: "no hidden layers", value: comparison.linear && baseline.linear[metric] },
    { who: "always the same", value: baseline.constant[metric] },
  ].flatMap(({ value, ...entry }) => (value === undefined ? [] : [{ ...entry, value }]));
  const ranges = entries.flatMap(({ who, range }) => (range ? [{ who, ...range }] : []));
  const words = entries.map(({ who, value }) => `${who} ${format(value)}`).join(", ");
  const y = ({ who }: { readonly who: string }) => who;
  return chart(
    {
      ...{ height: 52 + 40 * entries.length, marginLeft: 118, marginTop: 8 },
      x: {
        label: `${label} (${better} is better) →`,
        ticks: 5,
        tickFormat: isShare ? percent : tick,
        zero: true,
        grid: true,
        nice: true,
      },
      y: { type: "band", domain: entries.map(y), label: null, tickSize: 0 },
      marks: [
        ruleX([0], { stroke: "var(--rule)" }),
        link(entries, {
          x1: 0,
          x2: "value",
          y1: y,
          y2: y,
          stroke: "var(--rule)",
          strokeWidth: 1.5,
        }),
        link(ranges, {
          ...{ x1: "low", x2: "high", y1: y, y2: y },
          ...{ stroke: "var(--c1)", strokeWidth: 7, strokeOpacity: 0.35, strokeLinecap: "round" },
        }),
        dot(entries, {
          ...{ x: "value", y, r: 6, stroke: "var(--paper)", strokeWidth: 1.5 },
          fill: ({ who }: { who: string }) =>
            who === "this network" ? "var(--c1)" : "var(--quiet)",
        }),
      ],
    },
    {
      title: `${label}, beside the baselines`,
      label: `${label}, where ${better} is better: ${words}.`,
    },
  );
}

/** What a cross-validation gave. */
function foldsTable({ folds }: TrainingReport): Html | undefined {
  if (folds === undefined) return undefined;
  const rows = (Object.keys(folds.metrics) as MetricName[]).map((name) => {
    const { format } = metricWords[name];
    const of = (metrics: typeof folds.metrics) => {
      const found = metrics[name];
      return found === undefined
        ? "–"
        : html`${format(found.mean)}${found.standardError !== undefined && html` <small>± ${format(found.standardError)}</small>`}`;
    };
    return [
      nameCell(name),
      of(folds.metrics),
      of(folds.baseline.linear),
      of(folds.baseline.constant),
    ];
  });
  const title = `${folds.count} folds`;
  return html`<h3>${title}</h3>
<p class="note">As many networks, each tested on the rows that it has not seen: the mean and its standard error.</p>
${scrolling(title, dataTable(["", "This network", "Without hidden layers", "Always the same"], rows))}`;
}
