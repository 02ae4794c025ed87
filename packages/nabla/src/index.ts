/** The public names of nabla. */

export type { BackendName } from "./choose-backend.ts";
export type { FlatInputs, Inputs, Nested, Values } from "./data.ts";
export { type Diagnosis, type DiagnosisOptions, diagnose } from "./diagnose/diagnose.ts";
export type { Finding, FindingCode } from "./diagnose/finding.ts";
export type { GradientNorm } from "./diagnose/gradients.ts";
export { findingLines } from "./diagnose/lines.ts";
export type { UnitCounts } from "./diagnose/units.ts";
export type { TrainingStep } from "./engine.ts";
export type { Floats, Precision } from "./equations/memory.ts";
export type { SystemText } from "./equations/system.ts";
export { type ErrorCode, type ErrorDetails, NablaError } from "./errors.ts";
export {
  type CheckedElement,
  type CheckedParameter,
  type CheckOptions,
  type CheckResult,
  check,
  type Kink,
} from "./explain/check/check.ts";
export { type ClaimResult, claim, type NamedSlip } from "./explain/claims/claim.ts";
export type { Counterexample } from "./explain/claims/counterexample.ts";
export type { Derivation } from "./explain/derivation.ts";
export { type DeriveOptions, derive } from "./explain/derive/derive.ts";
export {
  type Format,
  type Notation,
  type TypesetOptions,
  typeset,
} from "./explain/typeset/typeset.ts";
export { loadCheckpoint, saveCheckpoint } from "./files/checkpoint.ts";
export { loadModel, saveModel } from "./files/model.ts";
export { type ActivationName, activationNames } from "./functions/activations.ts";
export { type Cost, type CostName, costNames, costOf } from "./functions/costs.ts";
export type { InitializerName } from "./functions/initializers.ts";
export {
  adagrad,
  adam,
  adamw,
  lbfgs,
  type Optimizer,
  type RuleName,
  rmsprop,
  rprop,
  sgd,
} from "./functions/optimizers.ts";
export {
  constant,
  cosine,
  exponential,
  oneCycle,
  onPlateau,
  parseSchedule,
  type Schedule,
  type ScheduleName,
  scheduleNames,
  stepDecay,
} from "./functions/schedules.ts";
export type { Interval } from "./metrics/bootstrap.ts";
export { classificationMetrics, multiLabelMetrics, regressionMetrics } from "./metrics/index.ts";
export {
  activation,
  dense,
  dropout,
  type Embedding,
  type EquationDefinition,
  type Layer,
  type LayeredDefinition,
  layerNorm,
  type NetworkDefinition,
  network,
  residual,
} from "./network.ts";
export type { CostOptions, Network } from "./running.ts";
export type { ColumnSetting, ColumnSettings } from "./tables/columns/column-settings.ts";
export { type Feature, featureNames, type TableSchema } from "./tables/columns/schema.ts";
export type { DivisionKind } from "./tables/division/division.ts";
export {
  type FitOptions,
  type FitPrediction,
  type FittedModel,
  fit,
  type Prediction,
  type Probabilities,
  type RowModel,
  rowModel,
} from "./tables/fit.ts";
export {
  type ColumnImportance,
  type Importance,
  type ImportanceOptions,
  permutationImportance,
} from "./tables/inspection/importance.ts";
export {
  type Calibration,
  type ClassCurves,
  type JudgedQuantity,
  type Judgement,
  judgeRows,
} from "./tables/inspection/judgement.ts";
export {
  type Dependence,
  type DependenceOptions,
  type DependencePoint,
  partialDependence,
} from "./tables/inspection/partial-dependence.ts";
export {
  type ColumnSummary,
  describeTable,
  type LabelsSummary,
  type NumberRange,
  type NumbersSummary,
} from "./tables/inspection/summary.ts";
export type { Details, Metrics } from "./tables/metrics.ts";
export {
  type Evaluation,
  evaluateTable,
  type PredictedColumn,
  type Predictions,
  predictTable,
  type TableModel,
  type TrainingLog,
} from "./tables/model.ts";
export type {
  FoldFigures,
  FoldMetrics,
  FoldPlace,
  Folds,
} from "./tables/quality/cross-validate.ts";
export type { Comparison, Intervals, Lead } from "./tables/quality/intervals.ts";
export type { Warning } from "./tables/quality/warnings.ts";
export type { TrainingReport } from "./tables/report.ts";
export type { ColumnPrint, Origin, TableCheckpoint, TableCheckpoints } from "./tables/resume.ts";
export type { TableOptions } from "./tables/settings.ts";
export type { TableStream } from "./tables/streaming/table-stream.ts";
export {
  type RowsRead,
  type StreamedTable,
  type StreamOptions,
  trainStream,
} from "./tables/streaming/train-stream.ts";
export { type Column, columnOf, createTable, selectRows, type Table } from "./tables/table.ts";
export { type Target, targetColumns } from "./tables/target.ts";
export type { TargetNames, Task } from "./tables/task.ts";
export { type TrainedTable, type TrainingRun, trainTable } from "./tables/train.ts";
export { defaultSpace, type SearchSpace, type TrialOptions } from "./tables/tuning/search.ts";
export {
  runTrial,
  type TrialData,
  type TrialResult,
  type TrialTask,
} from "./tables/tuning/trial.ts";
export {
  inTurn,
  planSearch,
  type RunOptions,
  runSearch,
  type SearchPlan,
  type Tuned,
  type TuneOptions,
  tuneDefaults,
  tuneTable,
} from "./tables/tuning/tune.ts";
export type { ClassWeight, SchemaWeights } from "./tables/weights.ts";
export type { Checkpoint, StreamedData, TrainingData, TrainingOptions } from "./train/options.ts";
export type { TrainingCounters, TrainingState } from "./train/state.ts";
export { type Epoch, type TrainingResult, train } from "./train/train.ts";
