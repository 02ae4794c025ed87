/** Rows → CSV text (RFC 4180, but with \n), in pieces. What a spreadsheet would run is made text. */

/** A cell: null is missing and written as nothing, so that "" in quotes stays another thing. */
export type Cell = string | number | null;

const PIECE = 1000;

/** The text of a table; `row` gives the cells of each row. */
export function* csvText(
  names: readonly string[],
  { rows, row }: { rows: number; row: (index: number) => readonly Cell[] },
): Generator<string> {
  yield csvLine(names);
  for (let first = 0; first < rows; first += PIECE) {
    const count = Math.min(PIECE, rows - first);
    yield Array.from({ length: count }, (_, i) => csvLine(row(first + i))).join("");
  }
}

function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(",")}\n`;
}

function csvCell(cell: Cell): string {
  if (cell === null) return "";
  const text = typeof cell === "number" ? String(cell) : unlessFormula(cell);
  return text === "" || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Spreadsheets run what begins so, the wide forms included; an apostrophe before it makes it text. */
const unlessFormula = (text: string): string =>
  /^[=+\-@\t\r\n＝＋－＠]/.test(text) && !NUMBER.test(text) ? `'${text}` : text;
