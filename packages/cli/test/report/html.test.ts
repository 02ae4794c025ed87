import fc from "fast-check";
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { enumerated, html, named, trusted } from "../../src/report/html.ts";
import { visible } from "../../src/text.ts";

const parsed = (markup: string) =>
  parseHTML(`<!doctype html><html><body>${markup}</body>`).document;

describe("html", () => {
  test("escapes what is put in, and no markup of its own", () => {
    const inner = html`<b>${"<i>"}</b>`;
    expect(
      html`<p title="${"\"&'"}">${inner}${trusted("<hr>")}${1}${undefined}${false}</p>`.markup,
    ).toBe('<p title="&quot;&amp;&#39;"><b>&lt;i&gt;</b><hr>1</p>');
    expect(html`${[html`<i>a</i>`, "<", ["b"]]}`.markup).toBe("<i>a</i>&lt;b");
  });

  test("any text is the same text again, as an element and as an attribute", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const { document } = parseHTML(
          html`<!doctype html><html><body><p title="${text}">${text}</p></body>`.markup,
        );
        const [own, ...others] = Array.from(document.body.children);
        const expected = visible(text).replace(/\p{Surrogate}/gu, "\ufffd");
        expect(others.length).toBe(0);
        expect(own!.children.length).toBe(0);
        expect(own!.textContent).toBe(expected);
        expect(own!.getAttribute("title")).toBe(expected);
      }),
    );
  });

  test("nothing turns the direction of the page, and characters that are none are replaced", () => {
    expect(html`${"\u001b[31m\u0000\u202e\ud800 a\tb\n"}`.markup).toBe(
      "\\u001b[31m\\u0000\\u202e\ufffd a\tb\n",
    );
  });
});

test("names are isolated, and an empty one is said to be", () => {
  expect(named("שם").markup).toBe("<bdi>שם</bdi>");
  expect(parsed(named("").markup).querySelector("bdi")!.textContent).toBe("(empty)");
});

test("lists have commas, and an and", () => {
  const list = (...names: string[]) => enumerated(names.map((name) => html`${name}`)).markup;
  expect([list(), list("a"), list("a", "b"), list("a", "b", "c")]).toEqual([
    "",
    "a",
    "a and b",
    "a, b and c",
  ]);
});
