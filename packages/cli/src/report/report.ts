/** `--report`: what there is to say of a training, as one HTML file. */

import { basename } from "node:path";
import { targetColumns } from "nabla";
import { attention } from "./attention.ts";
import { scores } from "./baselines.ts";
import { data } from "./data.ts";
import { enumerated, html, named } from "./html.ts";
import { learning } from "./learning.ts";
import { networkSection } from "./network.ts";
import { page } from "./page.ts";
import { predictions } from "./predictions.ts";
import { provenance } from "./provenance.ts";
import { judge, type Reported } from "./reported.ts";
import { usage } from "./usage.ts";
import { verdict } from "./verdict.ts";

export type { Reported } from "./reported.ts";

/** The same for the same training, but for its seconds. */
export function reportPage(reported: Reported): string {
  const judged = judge(reported);
  const names = targetColumns(reported.model.schema.target).map(({ name }) => name);
  const { source } = reported;
  const file = source.includes("://") ? source : basename(source);
  const sections = [
    judged && scores(reported, judged),
    judged && predictions(judged),
    judged && attention(reported, judged),
    learning(reported),
    data(reported),
    networkSection(reported),
    usage(reported),
    provenance(reported),
  ].filter((section) => section !== undefined);
  return page({
    title: `${names.join(", ")} from ${file}`,
    heading: html`${enumerated(names.map(named))} <span class="from">from ${named(file)}</span>`,
    lead: verdict(reported, judged),
    sections,
  });
}
