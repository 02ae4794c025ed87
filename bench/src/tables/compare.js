// One table, divided by one seed after the other: both get the same rows, and the same rows judge both.

import * as nabla from "nabla";

/** The same three quarters of the rows for the same seed. */
function divide(rows, seed) {
  const next = randomNumbers(seed);
  const order = rows.map((_, row) => row);
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  const shuffled = order.map((row) => rows[row]);
  const held = Math.round(rows.length / 4);
  return { train: shuffled.slice(held), test: shuffled.slice(0, held) };
}

/** Numbers in [0, 1) by mulberry32. */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word ^= word + Math.imul(word ^ (word >>> 7), 61 | word);
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}

const accuracy = (predictions, truths) =>
  mean(predictions.map((prediction, i) => (String(prediction) === String(truths[i]) ? 1 : 0)));

/** R² = 1 − Σ (y − ŷ)² / Σ (y − ȳ)² */
function r2(predictions, truths) {
  const center = mean(truths);
  const squares = (of) => truths.reduce((sum, y, i) => sum + (y - of(i)) ** 2, 0);
  return 1 - squares((i) => predictions[i]) / squares(() => center);
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of a mean. */
function standardError(values) {
  const center = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - center) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

const scores = { classification: accuracy, regression: r2 };
/** What a mean may be behind by, where two standard errors are less. */
const margins = { classification: 0.005, regression: 0.01 };

/**
 * Every default of both. A second time scikit-learn may standardise a quantity to predict, as nabla does.
 * @returns for each rival the means, and whether nabla's is within the margin
 */
export async function compareOn(table, { seeds, python, onSeed }) {
  const { task, target, rows } = table;
  const score = scores[task];
  const ways = task === "regression" ? [false, true] : [false];
  const own = [];
  const others = ways.map(() => []);
  for (let seed = 0; seed < seeds; seed++) {
    const { train, test } = divide(rows, seed);
    const truths = test.map((row) => row[target]);
    const started = performance.now();
    const model = await nabla.fit(train, { target, task, seed, test: 0 });
    const seconds = (performance.now() - started) / 1000;
    own.push({ seconds, score: score(model.predict(test), truths) });
    for (const [way, scaled] of ways.entries()) {
      const reply = await python.ask({ do: "fit", task, target, train, test, seed, scaled });
      others[way].push({ seconds: reply.seconds, score: score(reply.predictions, truths) });
    }
    onSeed(seed);
  }

  const summary = (runs) => ({
    score: mean(runs.map((run) => run.score)),
    seconds: mean(runs.map((run) => run.seconds)),
  });
  return {
    nabla: summary(own),
    rivals: others.map((runs, way) => {
      const leads = own.map((run, seed) => run.score - runs[seed].score);
      const error = standardError(leads);
      const margin = Math.max(2 * error, margins[task]);
      return { ...summary(runs), scaled: ways[way], lead: mean(leads), error, margin };
    }),
  };
}
