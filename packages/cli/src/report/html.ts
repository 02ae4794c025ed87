/**
 * HTML as a tagged template: whatever is put in is text, and escaped, unless it is HTML that the same
 * template made. Names come from people's data: in none of them does a character do anything.
 */

import { visible } from "../text.ts";

/** Made by `html` and `trusted` alone. */
export interface Html {
  readonly markup: string;
}

export type Content = Html | string | number | undefined | false | readonly Content[];

/** Elements and attributes in double quotes take any content; undefined and false leave nothing. */
export const html = (strings: readonly string[], ...contents: readonly Content[]): Html => ({
  markup: strings.reduce((all, text, i) => all + markupOf(contents[i - 1]) + text),
});

/** Markup that is known to be escaped, and is not to be escaped again. */
export const trusted = (markup: string): Html => ({ markup });

function markupOf(content: Content): string {
  if (content === undefined || content === false) return "";
  if (typeof content === "string") return escapeText(content);
  if (typeof content === "number") return String(content);
  return "markup" in content ? content.markup : content.map(markupOf).join("");
}

const entities: Readonly<Record<string, string>> = {
  ...{ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" },
};

/** For elements and attributes, of HTML and of SVG. */
export const escapeText = (text: string): string =>
  visible(text)
    .replace(/\p{Surrogate}/gu, "\ufffd")
    .replace(/[&<>"']/g, (character) => entities[character]!);

/** A name of the reader's own data: whatever its script, the words around it stay in their order. */
export const named = (name: string): Html =>
  name === "" ? html`<bdi class="empty">(empty)</bdi>` : html`<bdi>${name}</bdi>`;

/** With commas, and "and" before the last. */
export function enumerated(items: readonly Html[]): Html {
  const last = items.at(-1);
  if (last === undefined) return html``;
  if (items.length === 1) return last;
  const others = items.slice(0, -1).map((item, i) => (i === 0 ? item : html`, ${item}`));
  return html`${others} and ${last}`;
}
