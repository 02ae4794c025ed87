/** Tables of figures. */

import { type Content, type Html, html } from "./html.ts";

/** The first cell of a row is its head. */
export const dataTable = (
  head: readonly Content[],
  rows: readonly (readonly Content[])[],
): Html => html`<table>
<thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>${rows.map(
  ([first, ...others]) =>
    html`<tr><th scope="row">${first}</th>${others.map((cell) => html`<td>${cell}</td>`)}</tr>
`,
)}</tbody>
</table>`;

/** In a box of its own, which scrolls where the page is narrow. */
export const scrolling = (label: string, content: Html): Html =>
  html`<div class="scroll" tabindex="0" role="group" aria-label="${label}">${content}</div>`;
