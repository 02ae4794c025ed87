/** How to come to the same model again. */

import { figure, whole } from "../figures.ts";
import { type Content, html, named } from "./html.ts";
import type { Reported, Section } from "./reported.ts";

export function provenance({ source, out, model, report, versions }: Reported): Section {
  const { training, network } = model;
  const { optimizer, batchSize, seed } = training;
  const { rule, ...settings } = optimizer;
  const numbers = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
  const entries: readonly (readonly [string, Content])[] = [
    ["Table", named(source)],
    ["Model", named(out)],
    ["Seed", String(seed)],
    ["Optimiser", `${rule}: ${numbers.join(", ")}`],
    ["Batches", `${whole(batchSize)} rows`],
    [
      "Cost",
      `training ${figure(report.cost.train)}${report.cost.validation === undefined ? "" : `, validation ${figure(report.cost.validation)}`}`,
    ],
    [
      "Speed",
      `${whole(Math.round(report.samplesPerSecond))} rows a second, ${network.backend}, ${network.precision}`,
    ],
    [
      "Versions",
      Object.entries(versions)
        .map(([of, version]) => `${of} ${version}`)
        .join(", "),
    ],
  ];
  const body = html`<dl class="facts">${entries.map(([term, words]) => html`<div><dt>${term}</dt><dd>${words}</dd></div>`)}</dl>`;
  return { id: "provenance", title: "How it was made", body };
}
