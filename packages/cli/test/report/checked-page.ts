/** A report as a browser reads it, held to what every report must be. */

import { parseHTML } from "linkedom";
import { expect } from "vitest";

/** Parses the page, and checks that it loads and runs nothing and that all of it can be read out. */
export function checkedPage(markup: string): Document {
  const { document } = parseHTML(markup);
  const all = Array.from(document.querySelectorAll("*"));
  expect(all.filter((element) => active.has(element.localName)).map(String)).toEqual([]);
  expect(all.flatMap(suspects)).toEqual([]);
  expect(markup.match(/https?:|url\(|@import/g)).toBeNull();

  const ids = all.map(({ id }) => id).filter((id) => id !== "");
  expect(new Set(ids).size).toBe(ids.length);
  for (const link of document.querySelectorAll("a"))
    expect(ids).toContain(link.getAttribute("href")!.slice(1));

  const levels = Array.from(document.querySelectorAll("h1, h2, h3, h4, h5, h6"), ({ localName }) =>
    Number(localName[1]),
  );
  expect(levels.filter((level) => level === 1)).toEqual([1]);
  levels.forEach((level, i) => {
    expect(level - (levels[i - 1] ?? 0)).toBeLessThanOrEqual(1);
  });

  for (const picture of document.querySelectorAll("svg")) {
    expect(picture.getAttribute("role")).toBe("img");
    expect(picture.getAttribute("aria-label")).toMatch(/\S/);
    expect(picture.getAttribute("viewBox")).toMatch(/^0 0 [\d.]+ [\d.]+$/);
  }
  for (const table of document.querySelectorAll("table"))
    expect(table.querySelectorAll("th[scope]").length).toBeGreaterThan(0);
  const marks = Array.from(document.querySelectorAll("svg *"), (mark) => mark.outerHTML).join("");
  expect(marks).not.toMatch(/NaN|undefined|Infinity/);
  expect(document.body.textContent).not.toMatch(/NaN|undefined|\[object/);
  return document;
}

const active = new Set([
  ...["script", "iframe", "object", "embed", "link", "base", "form", "img", "image", "audio"],
  ...["video", "use", "foreignobject", "animate", "set"],
]);

/** Attributes that load or run something, or were never meant to be one. */
const suspects = ({ attributes }: Element): string[] =>
  Array.from(attributes)
    .filter(
      ({ name, value }) => !harmless.test(name) || (name === "href" && !/^#[a-z]+$/.test(value)),
    )
    .map(({ name, value }) => `${name}="${value}"`);

const harmless = /^(?!on|src|action|ping|formaction|data$)[a-zA-Z][\w-]*$/;

export const words = (document: Document, selector: string): string[] =>
  Array.from(document.querySelectorAll(selector), ({ textContent }) =>
    (textContent ?? "").replace(/\s+/g, " ").trim(),
  );

/** What the pictures say to those who do not see them. */
export const labels = (document: Document): string[] =>
  Array.from(document.querySelectorAll("svg"), (picture) => picture.getAttribute("aria-label")!);
