/** What stands behind the metrics of some rows, as pictures need it: quantities row by row, curves. */

import type { Floats } from "../../equations/memory.ts";
import { type CalibrationBin, expectedCalibrationError } from "../../metrics/calibration.ts";
import { type PrPoint, prCurve, type RocPoint, rocCurve } from "../../metrics/curves.ts";
import { prAuc, rank, rocAuc } from "../../metrics/ranking.ts";
import { matrixColumn } from "../../metrics/rows.ts";
import { encodeFeatures } from "../columns/encode.ts";
import { calibrationBins, type Outcome } from "../metrics.ts";
import type { TableModel } from "../model.ts";
import type { Table } from "../table.ts";
import { decodeOutputs, quantitiesOf, type Target, targetValues } from "../target.ts";
import { rowWeights } from "../weights.ts";

export interface Judgement {
  /** Of a regression: each target's predictions and values, row by row. */
  readonly quantities: readonly JudgedQuantity[];
  /** Of the second of two classes; of more, of each against its rest; of each label. */
  readonly curves: readonly ClassCurves[];
  /** Of probabilities; where there are several classes, of those of the predicted ones. */
  readonly calibration?: Calibration;
}

export interface JudgedQuantity {
  readonly name: string;
  readonly predictions: Float64Array;
  readonly values: Float64Array;
}

/** Undefined unless some rows are of the class, and others not. */
export interface ClassCurves {
  readonly name: string;
  readonly roc: readonly RocPoint[] | undefined;
  readonly pr: readonly PrPoint[] | undefined;
  readonly rocAuc: number | undefined;
  readonly prAuc: number | undefined;
}

export interface Calibration {
  /** What the probabilities are of. */
  readonly of: "second-class" | "predicted-class" | "labels";
  readonly bins: readonly CalibrationBin[];
  readonly expectedError: number | undefined;
}

/** Of rows with a target. Throws where the table lacks what the model reads. */
export function judgeRows(
  { network, schema }: TableModel,
  table: Table,
  rows: Uint32Array,
): Judgement {
  const { target, weights } = schema;
  if (rows.length === 0) return { quantities: [], curves: [] };
  const outcome: Outcome = {
    outputs: network.predict(encodeFeatures(schema, table, rows).inputs),
    values: targetValues(target, table, rows),
    weights: rowWeights(weights, table, rows),
  };
  if (target.task === "regression")
    return { quantities: quantitiesWith(target, outcome), curves: [] };
  return { quantities: [], ...probabilitiesWith(target, outcome) };
}

function quantitiesWith(
  target: Extract<Target, { task: "regression" }>,
  { outputs, values }: Outcome,
): JudgedQuantity[] {
  const decoded = decodeOutputs(target, outputs);
  const quantities = quantitiesOf(target);
  return quantities.map(({ name }, c) => {
    const column = (matrix: Floats) => matrixColumn(matrix, { width: quantities.length, c });
    return { name, predictions: column(decoded), values: column(values) };
  });
}

function probabilitiesWith(
  target: Exclude<Target, { task: "regression" }>,
  outcome: Outcome,
): Omit<Judgement, "quantities"> {
  const { outputs, values, weights } = outcome;
  const weighting = { weights };
  const bins = calibrationBins(target, outcome);
  if (target.task === "multi-label") {
    const width = target.targets.length;
    const curves = target.targets.map(({ name }, c) => {
      const ranking = rank(
        matrixColumn(outputs, { width, c }),
        (n) => values[n * width + c] === 1,
        weighting,
      );
      return curvesOf(name, ranking);
    });
    return { curves, calibration: calibrationOf("labels", bins) };
  }

  const { classes } = target;
  const width = classes.length;
  const probabilities = (c: number) => matrixColumn(outputs, { width, c });
  const judged = classes.map((name, c) => ({ name, c })).slice(width === 2 ? 1 : 0);
  const curves = judged.map(({ name, c }) =>
    curvesOf(
      name,
      rank(probabilities(c), (n) => values[n] === c, weighting),
    ),
  );
  const of = width === 2 ? "second-class" : "predicted-class";
  return { curves, calibration: calibrationOf(of, bins) };
}

const curvesOf = (name: string, ranking: ReturnType<typeof rank>): ClassCurves => ({
  ...{ name, roc: rocCurve(ranking), pr: prCurve(ranking) },
  ...{ rocAuc: rocAuc(ranking), prAuc: prAuc(ranking) },
});

const calibrationOf = (of: Calibration["of"], bins: readonly CalibrationBin[]): Calibration => ({
  ...{ of, bins, expectedError: expectedCalibrationError(bins) },
});
