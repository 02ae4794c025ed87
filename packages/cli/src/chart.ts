/**
 * A cost curve in braille, which has 2 × 4 dots in a character: the cost of training as a line, that
 * of validation dashed, one epoch after another, on a logarithmic scale.
 */

export interface Curves {
  /** The costs after each epoch. */
  readonly training: readonly number[];
  readonly validation: readonly number[];
}

type Paint = (text: string) => string;

export interface ChartOptions {
  /** In characters, of the whole. */
  readonly width: number;
  /** In characters, of the curves; the legend is one line more. */
  readonly height: number;
  readonly styles: { readonly cyan: Paint; readonly yellow: Paint; readonly dim: Paint };
}

/** The bit of each dot of a character, by its row and column. */
const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;
const BLANK = 0x2800;
const AXIS = 10;

/** The lines of the chart. */
export function chartLines(curves: Curves, { width, height, styles }: ChartOptions): string[] {
  const columns = width - AXIS;
  const training = levels(curves.training, 2 * columns);
  const validation = levels(curves.validation, 2 * columns);
  const range = rangeOf([...training, ...validation]);

  const size = { columns, height, range };
  const line = dots(training, size);
  const dashes = dots(validation, { ...size, isDrawn: (x) => x % 4 < 2 });
  const rows = Array.from({ length: height }, (_, row) => {
    const figure = row === 0 ? range.most : row === height - 1 ? range.least : undefined;
    const label = figure === undefined ? "" : axisFigure(Math.exp(figure));
    const place = { from: row * columns, to: (row + 1) * columns };
    return (
      styles.dim(`${label.padStart(AXIS - 2)} ${label === "" ? "│" : "┤"}`) +
      paintRow(line, dashes, { ...place, styles })
    );
  });
  return [...rows, legend(curves, styles)];
}

/** The logarithms of the values at so many places, evenly between the first and the last. */
function levels(values: readonly number[], count: number): number[] {
  if (values.length === 0) return [];
  return Array.from({ length: count }, (_, x) => {
    const place = (x / (count - 1)) * (values.length - 1);
    const i = Math.floor(place);
    const [here, next] = [level(values[i]!), level(values[i + 1] ?? values[i]!)];
    return here + (place - i) * (next - here);
  });
}

/** A cost may be 0 (nothing left to learn) or below it (Poisson), and that of validation not finite. */
const level = (value: number): number =>
  Math.log(Number.isNaN(value) ? MOST : Math.min(Math.max(value, LEAST), MOST));
const LEAST = 1e-12;
const MOST = 1e300;

function rangeOf(values: readonly number[]): { least: number; most: number } {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return most - least > 1e-6 ? { least, most } : { least: least - 0.1, most: most + 0.1 };
}

interface Field {
  readonly columns: number;
  readonly height: number;
  readonly range: { readonly least: number; readonly most: number };
  /** Whether there are dots in this column of dots. */
  readonly isDrawn?: (x: number) => boolean;
}

/** The dots of a curve, a number for each character; neighbouring dots are joined. */
function dots(
  curve: readonly number[],
  { columns, height, range, isDrawn = () => true }: Field,
): Uint8Array {
  const cells = new Uint8Array(columns * height);
  const highest = 4 * height - 1;
  const heights = curve.map((value) =>
    Math.round(((range.most - value) / (range.most - range.least)) * highest),
  );
  heights.forEach((y, x) => {
    if (!isDrawn(x)) return;
    const before = heights[x - 1] ?? y;
    const [top, bottom] = y < before ? [y, before - 1] : [Math.min(before + 1, y), y];
    for (let dot = top; dot <= bottom; dot++)
      cells[(dot >> 2) * columns + (x >> 1)]! |= DOTS[dot & 3]![x & 1]!;
  });
  return cells;
}

/** Characters of one colour are painted together. */
function paintRow(
  line: Uint8Array,
  dashes: Uint8Array,
  { from, to, styles }: { from: number; to: number; styles: ChartOptions["styles"] },
): string {
  let painted = "";
  for (let i = from; i < to; ) {
    const isLine = line[i] !== 0;
    let run = "";
    for (; i < to && (line[i] !== 0) === isLine; i++)
      run += String.fromCharCode(BLANK + (line[i]! | dashes[i]!));
    painted += isLine ? styles.cyan(run) : styles.yellow(run);
  }
  return painted;
}

function legend({ training, validation }: Curves, { cyan, yellow, dim }: ChartOptions["styles"]) {
  const indent = " ".repeat(AXIS);
  const parts = [cyan("── training"), ...(validation.length > 0 ? [yellow("╌╌ validation")] : [])];
  return `${indent}${dim("cost of")} ${parts.join("  ")}${dim(`  over ${training.length} epochs`)}`;
}

/** In at most seven characters. */
const axisFigure = (x: number): string =>
  x < 0.001 || x >= 1e5 ? x.toExponential(1) : String(Number(x.toPrecision(3)));
