/** What the metrics are called, and which way they should go. */

import type { Metrics } from "nabla";
import { figure, percent, percentRange } from "../figures.ts";
import { significant } from "../text.ts";

export interface MetricWords {
  readonly label: string;
  readonly better: "higher" | "lower";
  readonly meaning: string;
  format(value: number): string;
  /** `93.2 to 100 %` */
  range(low: number, high: number): string;
}

export type MetricName = keyof Metrics;

/** `log loss`, `RMSE`: amid a sentence. */
export const wordOf = (name: MetricName): string => {
  const { label } = metricWords[name];
  return /^[A-Z][a-z]/.test(label) ? label.toLowerCase() : label;
};

export const metricWords: Readonly<Record<MetricName, MetricWords>> = {
  accuracy: share("Accuracy", "higher", "rows that are right"),
  balancedAccuracy: share("Balanced accuracy", "higher", "the mean over the classes"),
  hammingLoss: share("Hamming loss", "lower", "single labels that are wrong"),
  logLoss: number("Log loss", "lower", "how surprised it is by what is true"),
  rocAuc: number("ROC AUC", "higher", "how often the right one is ranked first"),
  prAuc: number("PR AUC", "higher", "average precision"),
  f1: number("F1", "higher", "precision and recall in one"),
  r2: number("R²", "higher", "the share of the variance that is explained"),
  rmse: number("RMSE", "lower", "root mean square error"),
  mae: number("MAE", "lower", "mean absolute error"),
};

function share(label: string, better: "higher" | "lower", meaning: string): MetricWords {
  return { label, better, meaning, format: percent, range: percentRange };
}

function number(label: string, better: "higher" | "lower", meaning: string): MetricWords {
  return {
    ...{ label, better, meaning },
    format: (x) => significant(x).replace("-", "−"),
    range: (low, high) => `${figure(low)} to ${figure(high)}`,
  };
}
