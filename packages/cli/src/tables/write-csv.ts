/** Rows → CSV text (RFC 4180, but with \n), in pieces. */

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
  const text = String(cell);
  return text === "" || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
