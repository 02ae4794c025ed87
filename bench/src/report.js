// What was measured → the page, in Markdown.

import { median, ratio } from "./measure.js";
import { operationsPerRow } from "./problems.js";

const digits = (value) => Number(value.toPrecision(3)).toString();
const perSecond = (rate) => {
  if (rate >= 1e6) return `${digits(rate / 1e6)} M`;
  return rate >= 1e3 ? `${digits(rate / 1e3)} k` : digits(rate);
};
const gigaflops = (rate) => `${(rate / 1e9).toFixed(1)} GFLOP/s`;
const times = (value) => `${value.toPrecision(value < 10 ? 2 : 3)} ×`;
const percent = (part) => `${(100 * part).toFixed(part < 0.1 ? 1 : 0)} %`;
const difference = (apart) => (apart < 0.001 ? apart.toExponential(0) : percent(apart));

const table = (head, rows) =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** Who ran on this Node, Python being the same beside each. */
const besides = ({ results }, node) =>
  results.filter(
    ({ platform, rates }) => rates !== undefined && [node.name, "Python"].includes(platform),
  );

/** nabla on one Node against the best of those who do the same work. */
function compared(row, node) {
  const all = besides(row, node);
  const nabla = all.find(({ name }) => name === "nabla");
  const counted = all.filter((one) => one !== nabla && one.discounted === undefined);
  const against = (rivals) => {
    const [best] = rivals.toSorted((a, b) => median(b.rates) - median(a.rates));
    return best && { name: best.name, ratio: ratio(nabla.rates, best.rates) };
  };
  const operations = operationsPerRow(row.problem);
  const peaks = row.peaks.get(node.name);
  return {
    rate: median(nabla.rates),
    best: against(counted),
    bestInJavaScript: against(counted.filter(({ language }) => language === "JavaScript")),
    part: ratio(
      nabla.rates.map((rate) => rate * operations),
      peaks,
    ),
  };
}

const versus = (best) => (best === undefined ? "–" : `${times(best.ratio)} ${best.name}`);

function summary(rows, node) {
  const cells = rows.map((row) => {
    const { rate, best, bestInJavaScript, part } = compared(row, node);
    return [
      row.problem.title,
      perSecond(rate),
      versus(best),
      versus(bestInJavaScript),
      percent(part),
    ];
  });
  const head = [
    "network, batch, rule",
    "nabla, samples/s",
    "against the best",
    "in JavaScript",
    "of peak",
  ];
  return `### ${node.name}\n\n${table(head, cells)}`;
}

function losses(rows, nodes) {
  const lost = nodes.flatMap((node) =>
    rows.flatMap((row) => {
      const { best } = compared(row, node);
      if (best === undefined || best.ratio >= 1) return [];
      return [
        `- ${row.problem.title}, ${node.name}: ${times(best.ratio)} the rate of ${best.name}.`,
      ];
    }),
  );
  return lost.length > 0 ? lost.join("\n") : "None of these rows, in this run.";
}

function section(row, nodes) {
  const { problem, results } = row;
  const names = [...new Set(results.map(({ name }) => name))];
  const cells = names.map((name) =>
    line(
      results.filter((one) => one.name === name),
      { nodes, problem },
    ),
  );
  const head = ["", ...nodes.map(({ name }) => `${name}, samples/s`), "cost", "from nabla's", ""];
  const facts = [
    `Cost ${results[0].before.toPrecision(6)} before, the column after ${problem.checkedEpochs} epochs of ${problem.rows} rows.`,
    ...nodes.map((node) => peakLine(row, node)),
  ];
  return `### ${problem.title}\n\n${table(head, cells)}\n\n${facts.join(" ")}`;
}

/** One rival, on all platforms. */
function line(own, { nodes, problem }) {
  const [{ name }] = own;
  const rateOn = (node) => {
    const one = own.find(({ platform }) => platform === node.name || platform === "Python");
    return one?.rates === undefined ? "–" : perSecond(median(one.rates));
  };
  const costed = own.filter(({ after }) => after !== undefined);
  const [cost, apart] =
    costed.length === 0
      ? ["–", "–"]
      : [costed[0].after.toPrecision(6), difference(Math.max(...costed.map((one) => one.apart)))];
  return name === "nabla"
    ? ["**nabla**", ...nodes.map(rateOn), cost, "", ""]
    : [name, ...nodes.map(rateOn), cost, apart, remark(own, problem)];
}

function remark(own, problem) {
  const broken = own.find(({ failure }) => failure !== undefined);
  if (broken !== undefined) return `failed on ${broken.platform}: ${broken.failure}`;
  const discounted = own.find((one) => one.discounted !== undefined)?.discounted;
  if (discounted !== undefined) return `not counted: ${discounted}`;
  return own[0].peculiar(problem) ?? "";
}

function peakLine({ results, peaks }, node) {
  const nabla = results.find(({ name, platform }) => name === "nabla" && platform === node.name);
  const range = [Math.min(...nabla.rates), Math.max(...nabla.rates)].map(perSecond).join(" to ");
  return `${node.name}: nabla's rounds ${range}, peak ${gigaflops(median(peaks.get(node.name)))}.`;
}

function products(measured) {
  const cells = measured.map(({ platform, failure, name, rates, part }) =>
    failure === undefined
      ? [platform, name, gigaflops(median(rates)), percent(part)]
      : [platform, `failed: ${failure}`, "–", "–"],
  );
  return table(["", "product", "rate", "of peak"], cells);
}

function firstCalls(measured) {
  const milliseconds = (seconds) => `${Math.round(1000 * seconds)} ms`;
  const cells = measured.map(({ name, failure, ...times }) => {
    if (failure !== undefined) return [name, `failed: ${failure}`, "–", "–", "–", "–", "–", "–"];
    const { compiled, built, before, first, steady, part, partOfAll } = times;
    return [
      name,
      ...[compiled, built, before].map(milliseconds),
      ...[first, steady].map(perSecond),
      ...[part, partOfAll].map(percent),
    ];
  });
  const head = [
    "",
    "to the first gradients",
    "network(…)",
    "before the first step",
    "first epoch, samples/s",
    "steady",
    "part",
    "with what comes before",
  ];
  return table(head, cells);
}

function longRuns(measured) {
  const cells = measured.map(({ name, failure, first, middle, last, grown, answered }) =>
    failure === undefined
      ? [
          name,
          ...[first, middle, last].map(perSecond),
          percent(last / middle),
          `${(grown / 1e6).toFixed(1)} MB`,
          `${Math.round(1000 * answered)} ms`,
        ]
      : [name, `failed: ${failure}`, "–", "–", "–", "–", "–"],
  );
  const rates = ["first thousand, steps/s", "median", "last", "last of median"];
  return table(["", ...rates, "heap grew by", "abort answered, at most"], cells);
}

function commands(measured) {
  const cells = measured.map(({ name, failure, seconds, most }) =>
    failure === undefined
      ? [name, `${seconds.toFixed(2)} s`, `${most.toFixed(2)} s`]
      : [name, `failed: ${failure}`, "–"],
  );
  return table(["", "median", "slowest"], cells);
}

function machine({ processor, nodes, python, packages }) {
  const { name, cores, memory, avx512, load } = processor;
  const versions = python?.versions ?? {};
  const rows = [
    ["processor", `${name}${avx512 ? ", AVX-512" : ""}`],
    ["cores, memory", `${cores}, ${memory} GiB`],
    ["load before the run", load.toFixed(1)],
    ["Node", nodes.map(({ version }) => version).join(", ")],
    ...Object.entries(packages),
    ["Python", versions.python ?? "none with PyTorch or scikit-learn"],
    ["PyTorch", versions.torch ?? "–"],
    ["scikit-learn", versions.sklearn ?? "–"],
    ["OpenBLAS", versions.openblas ? `${versions.openblas}, kernels: ${versions.core}` : "–"],
  ];
  return `${table(["", ""], rows)}${python?.note ? `\n\n${python.note}` : ""}`;
}

const method = ({ rounds, seconds }) =>
  `
- **The same work.** Every rival gets the same network, cost, update rule, batches in the same order
  and start parameters, in float32 (synaptic and ml-fnn know only float64). After a number of epochs
  its parameters are read back, and one float64 function computes everybody's cost. A rival counts if
  it lowered the cost and ended within 0.1 % of nabla's; the others, and two whose formulas differ but
  whose work does not, are shown with the reason.
- **One thread.** Rows of Python with two threads are shown, and not counted; they suffer most from
  whatever else runs on the machine.
- **Each through its own front door.** nabla by \`train()\`, brain.js and synaptic by their trainers,
  TensorFlow.js by \`optimizer.minimize\`, jax-js by one jitted step, PyTorch eagerly with \`torch.optim\`,
  scikit-learn by \`MLPClassifier.fit\`. Batches are cut beforehand for all those that take them.
- **Interleaved.** Every participant is a process of its own and works only when it is its turn: after
  a warm-up, ${rounds} rounds A B C A B C …, about ${seconds} s or more each. Rates are medians over the rounds,
  ratios the medians of the rounds' ratios.
- **Peak** is what a loop of \`f32x4\` multiply-adds in registers reaches in WebAssembly in the same rounds:
  fused where the engine has relaxed SIMD (Node 24), else a multiplication and an addition (Node 20).
  A network's operations are those of its products; activations and updates are not counted.
- The 784-input data are synthetic, from a seed: ten classes with a pattern each, noise over all, a
  tenth of the labels random. So are the 150 flowers.
- TensorFlow.js's plain JavaScript and ml-fnn take 5 to 12 s for an epoch of the largest network and are
  left out there. brain.js and synaptic have no softmax; ml-fnn has no sigmoid outputs.`.trim();

/** The whole page. */
export function page({ rows, nodes, timing, ...rest }) {
  const parts = [
    "# Benchmarks",
    `Training throughput against other libraries, measured on ${rest.date} by \`npm run bench\`, which writes this page. Absolute figures are this machine's; the ratios are what counts.`,
    "## In short",
    ...nodes.map((node) => summary(rows, node)),
    "## Where nabla is slower",
    losses(rows, nodes),
    "## How it is measured",
    method(timing),
    "## The machine",
    machine({ ...rest, nodes }),
    "## Row by row",
    ...rows.map((row) => section(row, nodes)),
  ];
  if (rest.products) parts.push("## The matrix product alone", products(rest.products));
  if (rest.firstCalls) {
    parts.push(
      "## The first call",
      "One epoch of 784-128-10 over 6,000 rows, SGD, batch 32, as the first thing that a process does, against the rate that it reaches later. Before the first step, `train` reads the data and compiles. Compiling alone, from the import to the first gradients of one row, is measured in processes of its own.",
      firstCalls(rest.firstCalls),
    );
  }
  if (rest.longRuns) {
    parts.push(
      "## A long run",
      "A hundred thousand steps of 3-16-4 with Adam, a thousand at a time; and the time from when an abort was due, by a timer, to the end of a training of 784-512-512-10.",
      longRuns(rest.longRuns),
    );
  }
  if (rest.commands) {
    parts.push(
      "## From the command to the model",
      "`nabla train node_modules/vega-datasets/data/penguins.json --target Species`, start of the process included.",
      commands(rest.commands),
    );
  }
  parts.push("## Reproduce", reproduce);
  return `${parts.join("\n\n")}\n`;
}

const reproduce = `
\`\`\`sh
apt-get install python3-torch python3-sklearn libopenblas0-pthread   # optional, Debian
npm ci && npm run bench                                              # about 12 minutes
npm --prefix bench start -- --row 4                                  # one row, to the terminal
npm --prefix bench start -- --quick                                  # a minute or two, one Node, to the terminal
\`\`\``.trim();
