/** The frame of a report: one file that loads nothing and runs nothing, and says so to the browser. */

import { type Html, html, trusted } from "./html.ts";
import type { Section } from "./reported.ts";
import { style } from "./style.ts";

export interface Page {
  readonly title: string;
  readonly heading: Html;
  readonly lead: Html;
  readonly sections: readonly Section[];
}

export const page = ({ title, heading, lead, sections }: Page): string =>
  html`${trusted("<!doctype html>")}
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="nabla">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body>
<header>
<p class="kicker">nabla <span aria-hidden="true">∇</span> training report</p>
<h1>${heading}</h1>
${lead}
<nav aria-label="Sections"><ul>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
</header>
<main>
${sections.map(
  ({ id, title, body }) => html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${body}
</section>
`,
)}</main>
</body>
</html>
`.markup;
