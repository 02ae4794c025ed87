import { describe, expect, test } from "vitest";
import { metricWords } from "../../src/report/metric-words.ts";
import { reportPage } from "../../src/report/report.ts";
import { checkedPage, labels, words } from "./checked-page.ts";
import { count, features, numbers, pageOf, reported, texts } from "./reported.ts";

const classes = (names: readonly string[]) =>
  texts(
    "class",
    count(60).map((n) => names[n % names.length]!),
  );
const y = numbers(
  "y",
  count(60).map((n) => ((n * 37) % 60) / 5 + (n % 2)),
);

const sections = [
  "scores",
  "predictions",
  "columns",
  "learning",
  "data",
  "network",
  "use",
  "provenance",
];
const idsOf = (document: Document) =>
  Array.from(document.querySelectorAll("section"), ({ id }) => id);

describe("every kind of training has its report", () => {
  test("two classes", async () => {
    const page = checkedPage(
      await pageOf([...features, classes(["no", "yes"])], { target: "class" }),
    );
    expect(idsOf(page)).toEqual(sections);
    expect(words(page, "figcaption")).toEqual(expect.arrayContaining(["Precision and recall"]));
    const curve = labels(page).find((label) => label.startsWith("ROC curves"));
    expect(curve).toMatch(/^ROC curves. Area under the curve: yes 0\.?\d*; guessing/);
  });

  test("several classes, of which one has no test row", async () => {
    const rare = texts(
      "class",
      count(60).map((n) => (n === 5 ? "once" : ["a", "b", "c"][n % 3]!)),
    );
    const page = checkedPage(await pageOf([...features, rare], { target: "class" }));
    expect(idsOf(page)).toEqual(sections);
    expect(words(page, ".confusion tbody th")).toEqual(["a", "b", "c", "once"]);
    expect(words(page, "#data .note")[0]).toContain("not tested: once.");
    expect(words(page, "#predictions .note").join(" ")).toContain("1 more cannot be judged");
  });

  test("a quantity", async () => {
    const page = checkedPage(await pageOf([...features, y], { target: "y" }));
    expect(idsOf(page)).toEqual(sections);
    const said = labels(page);
    for (const start of [
      "True y against predicted, 12 rows",
      "Residuals, true y",
      "Histogram of the",
    ])
      expect(said.some((label) => label.startsWith(start))).toBe(true);
  });

  test("several quantities, and weights", async () => {
    const other = numbers(
      "z",
      count(60).map((n) => n),
    );
    const weight = numbers(
      "w",
      count(60).map((n) => n % 3),
    );
    const columns = [...features, y, other, weight];
    const page = checkedPage(await pageOf(columns, { target: ["y", "z"], weight: "w" }));
    expect(idsOf(page)).toEqual(sections);
    expect(words(page, "h1")[0]).toBe("y and z from t.csv");
    expect(words(page, "#data tbody th").filter((name) => name.includes(" "))).toEqual([
      ...["y target", "z target", "w weight"],
    ]);
    expect(labels(page).filter((label) => label.startsWith("True "))).toHaveLength(2);
  });

  test("labels", async () => {
    const wet = numbers(
      "wet",
      count(60).map((n) => n % 2),
    );
    const cold = numbers(
      "cold",
      count(60).map((n) => (n % 3 ? 1 : 0)),
    );
    const options = { target: ["wet", "cold"], task: "multi-label" } as const;
    const page = checkedPage(await pageOf([...features, wet, cold], options));
    expect(idsOf(page)).toEqual(sections);
    expect(words(page, "#predictions tbody th").slice(0, 2)).toEqual(["wet", "cold"]);
    expect(words(page, ".lead")[0]).toMatch(
      /^It names all labels right for .* of single labels are wrong/,
    );
  });

  test.each([
    { kind: "numbers", column: features[0]! },
    { kind: "categories", column: features[1]! },
    { kind: "dates", column: features[2]! },
  ])("features of $kind only", async ({ column }) => {
    const page = checkedPage(await pageOf([column, y], { target: "y" }));
    expect(
      labels(page).some((label) => label.startsWith(`Partial dependence on ${column.name}`)),
    ).toBe(true);
  });

  test("no hidden layers: there is but one baseline", async () => {
    const page = checkedPage(await pageOf([...features, y], { target: "y", hidden: [] }));
    expect(words(page, ".lead")[0]).not.toContain("without hidden layers");
  });

  test("no test rows: the validation rows stand for them, and it is said", async () => {
    const columns = [...features, classes(["a", "b", "c"])];
    const page = checkedPage(await pageOf(columns, { target: "class", test: 0 }));
    expect(idsOf(page)).toEqual(sections);
    expect(words(page, "h2")[0]).toBe("On the 12 validation rows");
    expect(words(page, "header .note")[0]).toContain("There are no test rows");
  });

  test("no rows held back at all: what they would show is left out", async () => {
    const options = { target: "y", test: 0, validation: 0 };
    const page = checkedPage(await pageOf([...features, y], options));
    expect(idsOf(page)).toEqual(sections.slice(3));
    expect(words(page, ".lead")[0]).toMatch(/^No rows were held back/);
    expect(labels(page).find((label) => label.startsWith("Over 4 epochs"))).not.toContain(
      "validation",
    );
  });

  test("a single test row", async () => {
    const columns = [
      ...features.map((column) => ({ ...column, values: column.values.slice(0, 6) })),
      numbers("y", [1, 2, 3, 4, 5, 6]),
    ];
    const page = checkedPage(
      await pageOf(columns as never, { target: "y", task: "regression", test: 0.17 }),
    );
    expect(words(page, "h2")[0]).toBe("On the 1 test row");
  });
});

describe("its figures", () => {
  test("are those of --json: metrics, intervals, baselines", async () => {
    const given = await reported([...features, classes(["a", "b", "c"])], {
      target: "class",
      epochs: 30,
    });
    const page = checkedPage(reportPage(given));
    const { metrics, baseline, intervals } = given.report;
    const rows = Array.from(page.querySelectorAll(".metrics tbody tr"), (row) =>
      Array.from(row.querySelectorAll("td"), (cell) => cell.textContent!),
    );
    const names = Object.keys(metrics) as (keyof typeof metrics)[];
    const expected = names.map((name) => {
      const { format, range } = metricWords[name];
      const own = intervals?.[name];
      return [
        format(metrics[name]!) + (own === undefined ? "" : range(own.low, own.high)),
        ...[baseline.linear, baseline.constant].map((of) => format(of[name]!)),
      ];
    });
    expect(rows).toEqual(expected);
  });

  test("the confusion matrix is that of --json", async () => {
    const given = await reported([...features, classes(["a", "b", "c"])], { target: "class" });
    const page = checkedPage(reportPage(given));
    const cells = words(page, ".confusion td:not(.recall)").map((text) =>
      text === "·" ? 0 : Number(text),
    );
    expect(cells).toEqual(given.report.details.confusion!.flat());
  });

  test("the best epoch is where the validation cost is lowest", async () => {
    const given = await reported([...features, y], { target: "y", epochs: 40 });
    const costs = given.run.history.map(({ validationCost }) => validationCost!);
    const best = costs.indexOf(Math.min(...costs)) + 1;
    const page = checkedPage(reportPage(given));
    const [curves] = labels(page).filter((label) => label.startsWith("Over "));
    expect(curves).toMatch(new RegExp(` at epoch ${best}\\.$`));
    expect(words(page, "#learning svg text")).toContain(`best: epoch ${best}`);
  });

  test("the same training has the same page, but for its seconds", async () => {
    const untimed = { seconds: 1, samplesPerSecond: 1 };
    const again = async () => {
      const given = await reported([...features, y], { target: "y" });
      return reportPage({ ...given, report: { ...given.report, ...untimed } });
    };
    expect(await again()).toBe(await again());
  });
});

test("of fifty classes those that are confused most are shown, and the others as one", async () => {
  const rows = count(500);
  const names = rows.map((n) => `c${String(n % 50).padStart(2, "0")}`);
  const x = numbers(
    "x",
    rows.map((n) => (n % 50) + ((n * 7) % 3) / 3),
  );
  const given = await reported([x, texts("class", names)], { target: "class" });
  const page = checkedPage(reportPage(given));
  const heads = words(page, ".confusion tbody th");
  expect(heads).toHaveLength(12);
  expect(heads.at(-1)).toBe("39 others");
  const cells = words(page, ".confusion td:not(.recall)").map((text) =>
    text === "·" ? 0 : Number(text),
  );
  expect(cells.reduce((sum, cell) => sum + cell, 0)).toBe(100);
});

test("names from the data do nothing: HTML, scripts, attributes, styles, controls", async () => {
  const hostile = [
    ...['"><script>alert(1)</script>', "<img src=x onerror=alert(1)>", "' onmouseover='alert(1)"],
    ...[
      "</style><style>*{display:none}",
      "<!--",
      "&lt;b&gt;",
      "\u001b[31mred",
      "\u202eturned",
      "]]>",
    ],
  ];
  const columns = [
    ...hostile.slice(0, 5).map((name, i) =>
      numbers(
        name,
        count(60).map((n) => ((n + i) * 37) % 60),
      ),
    ),
    texts(
      hostile[5]!,
      count(60).map((n) => hostile[n % hostile.length]!),
    ),
    texts(
      "<b>class",
      count(60).map((n) => hostile[(n * 7) % hostile.length]!),
    ),
  ];
  const given = await reported(columns, { target: "<b>class" }, "<i>'\"&.csv");
  const page = checkedPage(reportPage({ ...given, out: "</code><script>.safetensors" }));
  expect(words(page, "h1")[0]).toBe("<b>class from <i>'\"&.csv");
  expect(page.querySelectorAll("style")).toHaveLength(1);
  const names = words(page, "#data tbody th");
  for (const name of hostile.slice(0, 5)) expect(names).toContain(name);
  expect(words(page, "pre").join(" ")).toContain("</code><script>.safetensors");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(reportPage(given)).not.toMatch(/[\u0000-\u0008\u001b\u202e]/);
});

test("the code shows a real row, and what the model says of it", async () => {
  const given = await reported([...features, classes(["a", "b"])], { target: "class" });
  const page = checkedPage(reportPage({ ...given, missing: ["n/a"] }));
  const [shell, node, browser] = words(page, "pre");
  const row = given.run.parts.test[0]!;
  const x = given.table.columns[0]!.values[row];
  expect(shell).toBe("nabla predict t.safetensors new.csv --missing n/a --out predictions.csv");
  for (const code of [node!, browser!]) {
    expect(code).toContain(`x: ${x}, kind: `);
    expect(code).toMatch(/day: new Date\("20\d\d-\d\d-\d\dT00:00:00\.000Z"\)/);
    expect(code).toMatch(/\/\/ "[ab]"$/);
  }
});
