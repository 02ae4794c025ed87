/** The public names of nabla. */

export type { BackendName } from "./choose-backend.ts";
export type { FlatInputs, Inputs, Nested, Values } from "./data.ts";
export type { TrainingStep } from "./engine.ts";
export type { Floats, Precision } from "./equations/memory.ts";
export type { SystemText } from "./equations/system.ts";
export { type ErrorCode, type ErrorDetails, NablaError } from "./errors.ts";
export { loadModel, saveModel } from "./files/model.ts";
export { type ActivationName, activationNames } from "./functions/activations.ts";
export { type CostName, costNames } from "./functions/costs.ts";
export type { InitializerName } from "./functions/initializers.ts";
export {
  adagrad,
  adam,
  adamw,
  type Optimizer,
  type RuleName,
  rmsprop,
  rprop,
  sgd,
} from "./functions/optimizers.ts";
export {
  dense,
  type EquationDefinition,
  type Layer,
  type LayeredDefinition,
  type NetworkDefinition,
  network,
} from "./network.ts";
export type { Network, PhaseOptions } from "./running.ts";
export {
  type Evaluation,
  evaluateTable,
  type Metrics,
  type Predictions,
  predictTable,
  type TableModel,
  type TrainingLog,
} from "./tables/model.ts";
export { type Feature, featureNames, type TableSchema } from "./tables/schema.ts";
export type { TableOptions } from "./tables/settings.ts";
export { type Column, columnOf, createTable, selectRows, type Table } from "./tables/table.ts";
export type { Target, Task } from "./tables/target.ts";
export { type TrainingReport, trainTable } from "./tables/train.ts";
export {
  type Epoch,
  type TrainingData,
  type TrainingOptions,
  type TrainingResult,
  train,
} from "./train/train.ts";
