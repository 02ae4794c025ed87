/** Numbers and lists as people read them, in 80 columns. */

const WIDTH = 80;

/** Four significant digits: 0.01235, 123500, 1.235e-7. */
export const significant = (x: number): string => String(Number(x.toPrecision(4)));

/** `8.1 s`, `42 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `3 rows`, `1 row`. */
export const counted = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? "" : "s"}`;

/** A line for each label with its text, which goes on below itself where it is long. */
export function listed(entries: readonly (readonly [label: string, text: string])[]): string {
  const indent = Math.max(...entries.map(([label]) => label.length)) + 2;
  const lines = entries.map(([label, text]) => {
    const wrapped = wrap(text, Math.max(WIDTH - indent, 20)).join(`\n${" ".repeat(indent)}`);
    return `${label.padEnd(indent)}${wrapped}\n`;
  });
  return lines.join("");
}

/** Rows of cells in columns that line up, the first to the left and the others to the right. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  const padded = (cell: string, i: number) =>
    i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!);
  return rows.map((row) => `${row.map(padded).join("  ").trimEnd()}\n`).join("");
}

const ESCAPE = "\u001b";
/** As picocolors writes them: bold, dim, and the colours of letters. */
const STYLE = `${ESCAPE}\\[(?:1|2|22|3[1-6]|39)m`;
/** What moves a terminal's cursor or clears its screen, and what turns the direction of writing. */
const CONTROL = "\\p{Cc}|[\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]";
const controls = {
  plain: new RegExp(CONTROL, "gu"),
  styled: new RegExp(`${STYLE}|${CONTROL}`, "gu"),
};

/**
 * Text that a terminal shows and does not obey: of what files, columns and cells are called, nothing
 * but letters. Each other character is written as in JSON; line ends, tabs and our own styles stay.
 */
export function visible(text: string, { styled = false } = {}): string {
  return text.replace(controls[styled ? "styled" : "plain"], (found) => {
    if (found === "\n" || found === "\t" || found.length > 1) return found;
    return `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

function wrap(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!;
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
