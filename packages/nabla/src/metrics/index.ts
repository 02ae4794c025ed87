/** What can be said of predictions. */

export type { Areas } from "./ranking.ts";
export type { RegressionScores } from "./regression.ts";
export {
  type ClassificationMetrics,
  classificationMetrics,
  type MultiLabelMetrics,
  multiLabelMetrics,
  type RegressionMetrics,
  regressionMetrics,
} from "./report.ts";
export type { ClassScores } from "./tally.ts";
