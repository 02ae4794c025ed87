/** What a reader wants first: how good the network is, in words, and whether it is worth having. */

import { percent, percentRange } from "../figures.ts";
import { baselineWords, type Standing, standingOf } from "./baselines.ts";
import { type Html, html } from "./html.ts";
import { metricWords } from "./metric-words.ts";
import { type Judged, type Reported, rowsOf } from "./reported.ts";

/** The first paragraphs of the page. */
export function verdict(reported: Reported, judged: Judged | undefined): Html {
  const { mood, badge } = moods[standingOf(reported, judged)];
  const { findings } = reported.report;
  const words =
    judged === undefined
      ? html`No rows were held back, so nothing here tells how good it is on new rows.`
      : html`${qualityOf(reported, judged)}. ${baselineWords(reported)}`;
  return html`<p class="badge ${mood}">${badge}</p>
<p class="lead">${words}</p>
${
  judged?.part === "validation" &&
  html`<p class="note">There are no test rows: all figures are of the ${rowsOf(judged)}, by which the training stopped. On new rows expect somewhat worse ones.</p>`
}
${
  findings.length > 0 &&
  html`<p class="note"><a href="#learning">What the doctor found</a> may make it better.</p>`
}`;
}

const moods: Readonly<Record<Standing, { mood: string; badge: string }>> = {
  best: { mood: "good", badge: "✓ Beats both baselines" },
  even: { mood: "fair", badge: "≈ No better than a network without hidden layers" },
  useless: { mood: "bad", badge: "✗ No better than always the same answer" },
  learnt: { mood: "good", badge: "✓ Beats always the same answer" },
  unknown: { mood: "fair", badge: "? Not tested" },
};

/** `It names the right class for 97.1 % of the 69 test rows (95 % interval 93.2 to 100 %)` */
function qualityOf({ model, report }: Reported, judged: Judged): Html {
  const { metrics, part } = judged;
  const { accuracy, hammingLoss, r2, mae } = metrics;
  const { task } = model.schema.target;
  const rows = `the ${rowsOf(judged)}`;
  const range = (name: "accuracy" | "r2") => {
    const { low, high } = (part === "test" && report.intervals?.[name]) || {};
    if (low === undefined || high === undefined) return undefined;
    return html` (95 % interval ${percentRange(low, high)})`;
  };

  if (task === "regression") {
    if (mae === undefined) return html`The weights of ${rows} are all 0`;
    const off = html`off by <strong>${metricWords.mae.format(mae)}</strong> on average`;
    if (r2 === undefined) return html`It is ${off} on ${rows}`;
    if (r2 <= 0) return html`It explains nothing of how ${rows} vary, and is ${off}`;
    return html`It explains <strong>${percent(r2)}</strong> of how ${rows} vary${range("r2")}, and is ${off}`;
  }
  if (accuracy === undefined) return html`The weights of ${rows} are all 0`;
  const right = html`<strong>${percent(accuracy)}</strong> of ${rows}${range("accuracy")}`;
  if (task === "classification") return html`It names the right class for ${right}`;
  return html`It names all labels right for ${right}; ${percent(hammingLoss ?? 0)} of single labels are wrong`;
}
