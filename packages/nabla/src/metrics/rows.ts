/**
 * Rows and their weights. A row of weight w counts as w rows, a row of weight 0 is absent. A figure
 * that has no meaning (of no rows, say) is undefined, which JSON leaves out: never NaN.
 */

export interface Weighting {
  /** One number ≥ 0 per row; without them every row counts 1. */
  readonly weights?: ArrayLike<number> | undefined;
}

/** Visits the rows that are present, in order. */
export function forEachRow(
  rows: number,
  { weights }: Weighting,
  visit: (n: number, weight: number) => void,
): void {
  for (let n = 0; n < rows; n++) {
    const weight = weights?.[n] ?? 1;
    if (weight > 0) visit(n, weight);
  }
}

/** Σ_n w[n]·term(n) / Σ_n w[n]. */
export function weightedMean(
  rows: number,
  weighting: Weighting,
  term: (n: number) => number,
): number | undefined {
  let sum = 0;
  let total = 0;
  forEachRow(rows, weighting, (n, weight) => {
    sum += weight * term(n);
    total += weight;
  });
  return total > 0 ? sum / total : undefined;
}

/** The same of figures that are there already: what is done for many weights needs a plain loop. */
export function meanOfRows(figures: Float64Array, { weights }: Weighting): number | undefined {
  let sum = 0;
  let total = 0;
  for (let n = 0; n < figures.length; n++) {
    const weight = weights === undefined ? 1 : weights[n]!;
    if (!(weight > 0)) continue;
    sum += weight * figures[n]!;
    total += weight;
  }
  return total > 0 ? sum / total : undefined;
}

/** The mean of the figures that have a meaning: how those of classes, labels, targets become one. */
export function meanOf(figures: readonly (number | undefined)[]): number | undefined {
  const known = figures.filter((figure) => figure !== undefined);
  return known.length > 0
    ? known.reduce((sum, figure) => sum + figure, 0) / known.length
    : undefined;
}

/** Column c of a flat matrix [rows, width]. */
export function matrixColumn(
  matrix: ArrayLike<number>,
  { width, c }: { width: number; c: number },
): Float64Array {
  const column = new Float64Array(matrix.length / width);
  for (let n = 0; n < column.length; n++) column[n] = matrix[n * width + c]!;
  return column;
}
