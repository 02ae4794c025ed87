// What was measured → the page, in Markdown.

const percent = (value) => `${(100 * value).toFixed(1)} %`;
const seconds = (value) => `${value.toPrecision(2)} s`;
const signed = (value) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(4)}`;

const figure = (task, value) => (task === "classification" ? percent(value) : value.toFixed(3));
const wayOf = ({ scaled }) => (scaled ? "scikit-learn, target standardised" : "scikit-learn");

function lines({ name, task, rows, seeds, nabla, rivals }) {
  return rivals.map((rival) => {
    const cells = [
      `${name} (${rows} rows, ${seeds} seeds)`,
      task === "classification" ? "accuracy" : "R²",
      figure(task, nabla.score),
      `${figure(task, rival.score)} ${wayOf(rival)}`,
      `${signed(rival.lead)} ± ${(2 * rival.error).toFixed(4)}`,
      rival.lead >= -rival.margin ? "yes" : "no",
      seconds(nabla.seconds),
      seconds(rival.seconds),
    ];
    return `| ${cells.join(" | ")} |`;
  });
}

export function page(found, { date, versions, processor }) {
  const machine = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `# Benchmarks: tables

Every default against every default: \`fit(rows, { target })\` and scikit-learn's \`MLPClassifier\` or
\`MLPRegressor\` (max_iter 500) behind the same preprocessing, measured on ${date} by
\`npm run bench:tables\`, which writes this page.

| table | score | nabla | scikit-learn | lead, ± 2 standard errors | as good | nabla trains in | scikit-learn in |
| --- | --- | --- | --- | --- | --- | --- | --- |
${found.flatMap(lines).join("\n")}

- Both get the same three quarters of the rows, drawn anew for every seed, and are scored on the other
  quarter. nabla takes the rows that it stops by out of its three quarters.
- "As good": the mean of the differences is at worst two standard errors below 0, or 0.005 (R²: 0.01)
  where that is wider.
- scikit-learn's pipeline does to the columns what nabla does: numbers are standardised, missing ones are 0
  and have an indicator, categories have a slot each. \`MLPRegressor\` takes quantities as they are; the
  second line of a table standardises them, as nabla does.
- Seconds are means over the seeds of the fit alone, within the process, preprocessing included: no
  process start, no reading of files. Python's linear algebra runs with one thread, nabla with one.
- cars without the names; diamonds is of R's ggplot2, penguins and cars of vega-datasets, the others of
  scikit-learn.

${processor}; ${machine.join(", ")}.
`;
}
