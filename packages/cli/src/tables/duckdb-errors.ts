/** What DuckDB says of a bad file, in our words: the row, what was expected and what came. */

import { NablaError } from "nabla";
import { counted } from "../text.ts";
import type { Source } from "./source.ts";

interface Fault {
  readonly expected: string;
  readonly got: string;
  readonly remedy?: string;
}

/** What a message means, by what it matches first; the groups of the pattern are the arguments. */
const faults: readonly (readonly [RegExp, (...groups: string[]) => Fault])[] = [
  [
    /Expected Number of Columns: (\d+) Found: (\d+)/,
    (columns, found) => ({
      expected: counted(Number(columns), "cell"),
      got: String(found),
      remedy: "put a cell that holds the delimiter in quotes",
    }),
  ],
  [
    /unterminated quote/,
    () => ({ expected: 'matching quotes, with "" for a quote inside', got: "an open quote" }),
  ],
  [
    /reached an invalid state/,
    () => ({ expected: "the same line end throughout", got: "a mixture, or stray quotes" }),
  ],
  [/not utf-8/, () => ({ expected: "UTF-8 text", got: "other bytes" })],
  [/Maximum line size/, () => ({ expected: "rows of at most 2 MB", got: "a longer one" })],
  [
    /^Out of Memory/,
    () => ({ expected: "a table that 2 GB suffice to read", got: "a larger one" }),
  ],
  [
    /has duplicate key ("(?:[^"\\]|\\.)*")/,
    (key) => ({ expected: "each key once", got: `${key} twice` }),
  ],
  [
    /Expected OBJECT, but got (\w+)/,
    (type) => ({ expected: "an object of cells", got: `a JSON ${type}` }),
  ],
  [/Malformed JSON.*?: (.*?)\.?\s*$/m, (got) => ({ expected: "JSON", got: String(got) })],
  [/^(.*)$/m, (line) => ({ expected: "a file that can be read", got: `"${line}"` })],
];

/** These are about our SQL, not about the file. An internal one is what a damaged file may lead to. */
const OURS = /^(Binder|Catalog|Parser|Permission|Syntax) Error/;

/** Turns an error of DuckDB's into one about the file, and leaves every other as it is. */
export function translateError(source: Source, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof NablaError) return error;
  const { message } = error;
  if (!/^[A-Z][\w ]* Error: /.test(message) || OURS.test(message)) return error;

  for (const [pattern, faultOf] of faults) {
    const match = pattern.exec(message);
    if (match === null) continue;
    const where = placeOf(source, message);
    const fault = faultOf(...match.slice(1));
    const hint = fault.remedy === undefined ? "" : `; ${fault.remedy}`;
    const text = `${where}: expected ${fault.expected}, got ${fault.got}${hint}`;
    return new NablaError("data", text, { where, ...fault });
  }
  return error;
}

/** DuckDB counts the records of a CSV file with its header, and those of a JSON file from 1. */
function placeOf({ name }: Source, message: string): string {
  const line = /CSV Error on Line: (\d+)/.exec(message);
  const record = /in record\/value (\d+)/.exec(message);
  if (line) return `${name}, row ${Number(line[1]) - 1}`;
  return record ? `${name}, row ${record[1]}` : name;
}
