/**
 * What each cell could be read as, in SQL, and from that the type of a column. Not left to DuckDB's
 * own guess, which takes yes and no for booleans, and tries day-first and month-first dates by turns.
 *
 *     number      -12.5e3, but neither NaN nor infinite
 *     notFinite   NaN, -Infinity: a column of numbers with one of these is an error
 *     digits      a number that may well be a name: 007, more than 15 digits, "12" in JSON
 *     date        2020-01-31, 2020-01-31 12:00, 2020-01-31T12:00:00.5Z
 *     boolean     true, True, TRUE and false alike
 *     nested      a list, an object
 *     long        a text of more than 2 MB
 *
 * A column of numbers, dates or booleans only is of that type. Any other is text, as it stands.
 */

import type { Column } from "nabla";
import { treatAsMissing } from "./unfit.ts";

export type ColumnType = Column["type"];

/** Bits, so that the kinds of a whole column are one number. A missing cell is 0. */
export const kinds = {
  number: 1,
  notFinite: 2,
  digits: 4,
  date: 8,
  boolean: 16,
  text: 32,
  nested: 64,
  long: 128,
} as const;

/** A cell as a value of the type; a date as days since 1970-01-01 UTC. */
export const readAs: Readonly<Record<ColumnType, (cell: string) => string>> = {
  number: (cell) => `TRY_CAST(${cell} AS DOUBLE)`,
  date: (cell) => `epoch_us(TRY_CAST(${cell} AS TIMESTAMPTZ)) / 86400000000.0`,
  boolean: (cell) => `TRY_CAST(${cell} AS BOOLEAN)`,
  text: (cell) => `CAST(${cell} AS VARCHAR)`,
};

const EXPONENT = "([eE][+-]?\\d+)?";
const PLAIN_NUMBER = `\\s*[+-]?((0|[1-9]\\d{0,14})(\\.\\d*)?|\\.\\d+)${EXPONENT}\\s*`;
const ANY_NUMBER = `\\s*[+-]?(\\d+\\.?\\d*|\\.\\d+)${EXPONENT}\\s*`;
const NOT_FINITE = "\\s*[+-]?(?i:nan|inf|infinity)\\s*";
const ISO_DATE =
  "\\d{4}-\\d\\d-\\d\\d([ T]\\d\\d:\\d\\d(:\\d\\d(\\.\\d{1,9})?)?(Z|[+-]\\d\\d(:?\\d\\d)?)?)?";

/** The kind of a cell of text. */
export const kindOfText = (cell: string): string => `CASE
  WHEN ${cell} IS NULL THEN 0
  WHEN regexp_full_match(${cell}, '${PLAIN_NUMBER}') THEN ${kinds.number}
  WHEN regexp_full_match(${cell}, '${ANY_NUMBER}') THEN ${kinds.digits}
  WHEN regexp_full_match(${cell}, '${NOT_FINITE}') THEN ${kinds.notFinite}
  WHEN regexp_full_match(${cell}, '${ISO_DATE}')
    AND TRY_CAST(${cell} AS TIMESTAMPTZ) IS NOT NULL THEN ${kinds.date}
  WHEN ${cell} IN ('true', 'True', 'TRUE', 'false', 'False', 'FALSE') THEN ${kinds.boolean}
  ELSE ${kinds.text} END`;

/** The kind of a JSON value. There "12" in quotes is text, even if it reads as a number. */
export const kindOfJson = (json: string, text: string): string => `CASE json_type(${json})
  WHEN 'OBJECT' THEN ${kinds.nested}
  WHEN 'ARRAY' THEN ${kinds.nested}
  WHEN 'VARCHAR' THEN CASE ${kindOfText(text)}
    WHEN ${kinds.date} THEN ${kinds.date}
    WHEN ${kinds.number} THEN ${kinds.digits}
    WHEN ${kinds.digits} THEN ${kinds.digits}
    ELSE ${kinds.text} END
  ELSE ${kindOfText(text)} END`;

/** Whether all values of one of DuckDB's types are numbers, of no more digits than float64 has. */
export const isNumeric = (type: string): boolean =>
  /^(FLOAT|DOUBLE|DECIMAL|U?(TINYINT|SMALLINT|INTEGER)$)/.test(type);

/** As long as a row of a CSV file may be: a small file may hold one long text very many times. */
export const MOST_BYTES = 2_000_000;

/** SQL for how many bytes a value of one of DuckDB's types of text takes; undefined for other types. */
export function bytesOf(cell: string, type: string): string | undefined {
  if (type === "VARCHAR") return `strlen(${cell})`;
  return type === "BLOB" ? `octet_length(${cell})` : undefined;
}

/** The kind of a value of one of DuckDB's types. */
export function kindOfNative(cell: string, type: string): string {
  const bytes = bytesOf(cell, type);
  if (bytes !== undefined)
    return `CASE WHEN ${cell} IS NULL THEN 0
      WHEN ${bytes} > ${MOST_BYTES} THEN ${kinds.long} ELSE ${kinds.text} END`;
  if (/\]$|^(STRUCT|MAP|UNION|VARIANT|JSON)/.test(type)) return kindOfNested(cell);
  const kind = nativeKind(type);
  if (kind !== undefined) return kindUnlessNull(cell, kind);
  return `CASE WHEN ${cell} IS NULL THEN 0
    WHEN ${cell} BETWEEN -999999999999999 AND 999999999999999 THEN ${kinds.number}
    ELSE ${kinds.digits} END`;
}

/** Undefined where it depends on how many digits there are. */
function nativeKind(type: string): number | undefined {
  if (type === "BOOLEAN") return kinds.boolean;
  if (/^(DATE|TIMESTAMP)/.test(type)) return kinds.date;
  if (isNumeric(type)) return kinds.number;
  return /^U?(BIGINT|HUGEINT)$/.test(type) ? undefined : kinds.text;
}

/** The kind of a cell of a column of arrays or objects. */
export const kindOfNested = (cell: string): string => kindUnlessNull(cell, kinds.nested);

const kindUnlessNull = (cell: string, kind: number): string =>
  `CASE WHEN ${cell} IS NULL THEN 0 ELSE ${kind} END`;

/** What a column holds: its kinds together, how many cells, and how many of them are numbers. */
export interface ColumnSummary {
  readonly found: number;
  readonly cells: number;
  readonly numbers: number;
}

/** Kinds of cell that a column must not hold, and what it must. */
export interface Unfit {
  readonly kinds: number;
  readonly expected: string;
  /** What to do about a cell that holds this. */
  readonly remedy?: (got: string) => string;
}

/** The type that is asked for, or else the one of what the column holds; or what must not be there. */
export function decideType(summary: ColumnSummary, asked?: ColumnType): ColumnType | Unfit {
  const { found } = summary;
  if ((found & kinds.long) !== 0) return { kinds: kinds.long, ...short };
  if (asked !== undefined) {
    const { allowed, expected } = demands[asked];
    return (found & ~allowed) === 0 ? asked : { kinds: found & ~allowed, expected };
  }
  if ((found & kinds.nested) !== 0) return { kinds: kinds.nested, ...single };
  if (isSpoiledNumber(summary)) return { kinds: kinds.text | kinds.notFinite, ...unspoiled };
  if ((found | kinds.notFinite) === (kinds.number | kinds.notFinite)) return "number";
  if (found === kinds.date) return "date";
  return found === kinds.boolean ? "boolean" : "text";
}

/** What may stand in a column of a type that is asked for. */
const demands: Readonly<Record<ColumnType, { allowed: number; expected: string }>> = {
  number: { allowed: kinds.number | kinds.notFinite | kinds.digits, expected: "a number" },
  date: { allowed: kinds.date, expected: "a date such as 2020-01-31" },
  boolean: { allowed: kinds.boolean, expected: "true or false" },
  text: { allowed: ~0, expected: "text" },
};

const short = {
  expected: `a text of at most ${MOST_BYTES / 1e6} MB`,
  remedy: () => "leave it out",
};

const single = {
  expected: "a single value",
  remedy: () => "write its parts into columns of their own, or leave the column out with --ignore",
};

const unspoiled = {
  expected: "a number",
  remedy: (got: string) => `${treatAsMissing(got)}, or leave the column out with --ignore`,
};

/** Nine numbers in ten, and words such as n/a: as text, every number would be a category. */
function isSpoiledNumber({ found, cells, numbers }: ColumnSummary): boolean {
  const others = found & ~(kinds.number | kinds.notFinite);
  return others === kinds.text && numbers >= 0.9 * cells;
}
