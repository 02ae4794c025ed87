/**
 * Charts by Observable Plot as SVG text. They have the colours of the page, which change with its
 * theme, and no width of their own; what they say stands in a label, for those who do not see them.
 */

import { type PlotOptions, plot } from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { type Content, escapeText, type Html, html, trusted } from "./html.ts";

/** Told apart by all kinds of colour vision, on both grounds; the style sheet has their values. */
export const colours = ["--c1", "--c2", "--c3", "--c4", "--c5", "--c6"].map(
  (name) => `var(${name})`,
);

export interface Captioned {
  readonly title: Content;
  /** The message of the chart in words, for those who do not see it. */
  readonly label: string;
  /** What else there is to know, below. */
  readonly note?: Content;
  /** Names of the colours, in their order. */
  readonly legend?: readonly string[];
  /** The same as figures. */
  readonly data?: Html;
}

/** A chart in its frame: title, legend, picture, note and the data behind it. */
export function chart(options: PlotOptions, { title, label, note, legend, data }: Captioned): Html {
  return html`<figure class="chart">
<figcaption>${title}</figcaption>
${legend && legendOf(legend)}
${picture(options, label)}
${note && html`<p class="note">${note}</p>`}
${data && html`<details class="data"><summary>The figures</summary><div class="scroll" tabindex="0" role="group" aria-label="${label}">${data}</div></details>`}
</figure>`;
}

export const legendOf = (names: readonly string[]): Html =>
  html`<ul class="legend">${names.map(
    (name, i) => html`<li><i class="k${i + 1}"></i><bdi>${name}</bdi></li>`,
  )}</ul>`;

const { document } = parseHTML("<!doctype html><html><body></body></html>");

/** Of charts that stand three in a row where there is room. */
export const small = { width: 340, height: 214, marginLeft: 46, marginRight: 14 };

const shared: PlotOptions = {
  ...{ width: 440, height: 260, marginLeft: 52, marginBottom: 42, marginTop: 24, marginRight: 20 },
};

/** The drawing alone. */
export function picture(options: PlotOptions, label: string): Html {
  const drawn = plot({ ...shared, ...options, document: document as unknown as Document });
  const inner = Array.from(drawn.childNodes, svgText).join("");
  const box = drawn.getAttribute("viewBox") ?? "";
  return html`<svg viewBox="${box}" role="img" aria-label="${label}" text-anchor="middle" fill="currentColor">${trusted(inner)}</svg>`;
}

const ELEMENT = 1;
const TEXT = 3;

/** Attributes that only the whole, or a page with scripts, has a use for. */
const idle = /^(aria-|class$|font-family$|font-size$)/;

function svgText(node: ChildNode): string {
  if (node.nodeType === TEXT) return escapeText(node.textContent ?? "");
  if (node.nodeType !== ELEMENT) return "";
  const { localName, attributes, childNodes } = node as Element;
  if (localName === "style") return "";
  const own = Array.from(attributes)
    .filter(({ name }) => !idle.test(name))
    .map(({ name, value }) => ` ${name}="${escapeText(rounded(value))}"`);
  const inner = Array.from(childNodes, svgText).join("");
  return `<${localName}${own.join("")}>${inner}</${localName}>`;
}

/** Hundredths of a pixel cannot be seen. */
const rounded = (value: string): string =>
  value.replace(/-?\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2))));
