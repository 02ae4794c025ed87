import { axisX, barX, dot } from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { expect, test } from "vitest";
import { chart, picture } from "../../src/report/chart.ts";
import { html } from "../../src/report/html.ts";

const parsed = (markup: string) =>
  parseHTML(`<!doctype html><html><body>${markup}</body></html>`).document;
const hostile = '"><script>alert(1)</script>&\u0007';

test("a picture has the size and places of the plot, to hundredths, and no style of its own", () => {
  const margins = { marginLeft: 10, marginRight: 10 };
  const options = { ...{ width: 220, height: 100, ...margins }, x: { domain: [0, 3] }, axis: null };
  const { markup } = picture({ ...options, marks: [dot([1], { x: (d) => d, r: 2 })] }, "a dot");
  expect(markup).toContain('<svg viewBox="0 0 220 100" role="img" aria-label="a dot"');
  expect(markup).toContain('cx="76.67"'); // 10 + 200/3
  expect(markup).not.toMatch(/<style|class=|font-family|\d\.\d{3}/);
});

test("names in a picture are text, whatever they hold", () => {
  const marks = [barX([{ name: hostile }], { x: () => 1, y: "name" }), axisX({ label: hostile })];
  const { markup } = picture({ marks, x: { label: hostile } }, hostile);
  const page = parsed(markup);
  expect(page.querySelectorAll("script").length).toBe(0);
  expect(page.querySelector("svg")!.getAttribute("aria-label")).toBe(
    hostile.replace("\u0007", "\\u0007"),
  );
  const texts = Array.from(page.querySelectorAll("text"), ({ textContent }) => textContent);
  expect(texts).toContain(hostile.replace("\u0007", "\\u0007"));
});

test("attributes hold what they are given, whatever that is", () => {
  const stroke = `var(--${hostile})`;
  const { markup } = picture({ marks: [dot([[1, 2]], { stroke })] }, "a dot");
  const strokes = Array.from(parsed(markup).querySelectorAll("[stroke]"), (mark) =>
    mark.getAttribute("stroke"),
  );
  expect(strokes).toContain(stroke.replace("\u0007", "\\u0007"));
});

test("a chart has its title, legend, note and figures around it", () => {
  const said = {
    ...{ title: html`<b>T</b>`, label: "L", note: "N", legend: ["one", "<two>"] },
    data: html`<table></table>`,
  };
  const page = parsed(chart({ marks: [dot([[1, 2]])] }, said).markup);
  const [figure] = page.querySelectorAll("figure");
  expect(figure!.querySelector("figcaption > b")!.textContent).toBe("T");
  expect(Array.from(figure!.querySelectorAll("li"), (item) => item.textContent)).toEqual([
    "one",
    "<two>",
  ]);
  expect(figure!.querySelector(".note")!.textContent).toBe("N");
  expect(figure!.querySelector("details table")).not.toBeNull();
});
