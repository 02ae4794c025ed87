/**
 * The doctor: what is wrong with a network or its training, each thing with one remedy. It looks at
 * equations, data and costs, and knows no layer by name. A sample of the rows is enough.
 */

import type { Backend } from "../backend.ts";
import { check, checkFields, type Fields } from "../checks.ts";
import { chooseBackend } from "../choose-backend.ts";
import { type Data, gatherRows, sliceRows } from "../data.ts";
import type { Engine } from "../engine.ts";
import { sizeOf } from "../equations/memory.ts";
import { internalsOf, type Network } from "../running.ts";
import type { TrainingData } from "../train/options.ts";
import { permutation, randomStream } from "../train/random.ts";
import type { Epoch } from "../train/train.ts";
import { unscaledColumns } from "./columns.ts";
import { type Finding, findingCodes } from "./finding.ts";
import { fitOf, memorising, underfitting } from "./fit.ts";
import { fallDownhill, type GradientNorm, gradientNorms, unevenGradients } from "./gradients.ts";
import { judgeHistory } from "./history.ts";
import { countUnits, idleUnits, type UnitCounts } from "./units.ts";

export interface DiagnosisOptions {
  /** The epochs of the training. Without them, rates and underfitting are not judged. */
  readonly history?: readonly Epoch[];
  /** Rows that were not trained on. */
  readonly validation?: TrainingData;
  /** What the numbers in a row of the inputs are called. */
  readonly columns?: readonly string[];
}

/** Plain data. */
export interface Diagnosis {
  /** For each activation that the cost sees, in the order of the equations. */
  readonly units: readonly UnitCounts[];
  readonly gradients: readonly GradientNorm[];
  /** What is wrong, the most important first. */
  readonly findings: readonly Finding[];
}

/** Enough to tell a dead unit from one that lives in a hundredth of the rows. */
const MOST_ROWS = 1000;
/** Rows times parameters: a few ms of products. */
const MOST_WORK = 2.5e7;
const FEWEST_ROWS = 100;

/**
 * Looks for units without a slope, gradients that vanish or explode, columns that are not scaled and, with
 * the training's history, for a rate too high or too low, underfitting and overfitting. The network stays
 * as it is.
 * @throws NablaError on bad data, and where `columns` are not as many as the inputs have
 */
export function diagnose(
  net: Network,
  data: TrainingData,
  options: DiagnosisOptions = {},
): Diagnosis {
  checkFields("diagnosis option", options, fields);
  const { history = [], validation, columns } = options;
  const { engine, seed, readData } = internalsOf(net);
  checkColumns(engine, columns);
  const rows = sampled(readData(data), seed);
  const held = validation && sampled(readData(validation, "validation "), seed);

  const { inputs, parameters } = engine.system;
  const size = parameters.reduce((sum, tensor) => sum + sizeOf(tensor, 1), 0);
  const most = Math.max(FEWEST_ROWS, Math.floor(MOST_WORK / size));
  const first = (part: Data): Data => sliceRows(part, 0, Math.min(part.rows, most));
  const sample = first(rows);
  const copy = copyOf(engine);

  const units = countUnits(engine, copy, sample);
  const gradients = gradientNorms(engine, sample);
  const fit = fitOf(engine, copy, sample);
  const heldFit = held && fitOf(engine, copy, first(held));
  const ofHistory = judgeHistory(history, {
    downhill: () => fallDownhill(engine, sample),
    guess: heldFit?.exchanged,
  });
  const known = ofHistory.some(({ code }) => code === "overfitting");
  const causes = [
    ...unscaledColumns(inputs, rows, columns),
    ...ofHistory,
    ...idleUnits(units, sample.rows),
    ...unevenGradients(engine, gradients),
    ...(known ? [] : memorising(fit, heldFit)),
  ].sort((a, b) => findingCodes.indexOf(a.code) - findingCodes.indexOf(b.code));
  // Underfitting is what remains where nothing else explains it
  const explained = causes.length > 0 || history.length === 0;
  const findings = explained ? causes : underfitting(fit, sample.rows);
  return { units, gradients, findings };
}

const fields: Fields<DiagnosisOptions> = { history: true, validation: true, columns: true };

function checkColumns({ system }: Engine, columns: readonly string[] | undefined): void {
  if (columns === undefined) return;
  const width = system.inputs
    .filter(({ count }) => count === undefined)
    .reduce((sum, tensor) => sum + sizeOf(tensor, 1), 0);
  check("columns", columns.length === width, {
    expected: `${width} names`,
    got: `${columns.length}`,
  });
}

/** At most so many rows, in random order. */
function sampled(data: Data, seed: number): Data {
  const random = randomStream(seed, "split");
  const order =
    data.rows <= MOST_ROWS
      ? permutation(data.rows, random)
      : Uint32Array.from({ length: MOST_ROWS }, () => random.below(data.rows));
  return gatherRows(data, order);
}

/** The network's parameters in a backend of the same kind, in float64: its values are free to be read. */
function copyOf({ backend, parameters, layout }: Engine): Backend {
  const copy = chooseBackend(backend.name, "float64");
  const buffer = copy.newBuffer(parameters.length);
  buffer.view().set(parameters.view());
  for (const [tensor, { start }] of layout) copy.bind(tensor, buffer, start);
  return copy;
}
