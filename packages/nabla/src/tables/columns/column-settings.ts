/**
 * What is to become of single columns, where they are not to say it themselves:
 *
 *     { "id": "ignore", "year": "text", "zip": { "type": "text", "embed": 8 },
 *       "when": { "type": "date", "cycles": ["week"] } }
 */

import { NablaError } from "../../errors.ts";
import { dataError, type JsonText, type JsonValue, readJson } from "../../files/json.ts";
import {
  dictionary,
  isRecord,
  list,
  oneOf,
  type Reader,
  record,
  tagged,
} from "../../files/plain.ts";
import type { Column } from "../table.ts";
import { type Cycle, cycleNames } from "./cycles.ts";

/** A column that is named is a feature, even if it is constant or an identifier; or it is ignored. */
export type ColumnSetting =
  | "ignore"
  | Column["type"]
  | { readonly type: "number" | "boolean" }
  /** `cycles`: default, those that the training rows show. */
  | { readonly type: "date"; readonly cycles?: readonly Cycle[] }
  /** `embed`: how many numbers each category becomes; false for a slot each. Default: by their counts. */
  | { readonly type: "text"; readonly embed?: number | false };

/** By the names of the columns. */
export type ColumnSettings = Readonly<Record<string, ColumnSetting>>;

/** What a setting says, in one form. */
export interface DetailedSetting {
  readonly type?: Column["type"];
  readonly cycles?: readonly Cycle[];
  readonly embed?: number | false;
}

const types = ["number", "date", "text", "boolean"] as const satisfies readonly Column["type"][];

const MOST_UNITS = 1024;

const units: Reader<number | false> = (value, where) => {
  const isUnits = typeof value === "number" && Number.isInteger(value) && value > 0;
  if (value === false || (isUnits && value <= MOST_UNITS)) return value as number | false;
  throw dataError(where, `false or an integer from 1 to ${MOST_UNITS}`, JSON.stringify(value));
};

const cycles: Reader<Cycle[]> = (value, where) => {
  const given = list(oneOf(...cycleNames))(value, where);
  return cycleNames.filter((cycle) => given.includes(cycle));
};

const word = oneOf("ignore", ...types);
const details = tagged<Exclude<ColumnSetting, string>>("type", {
  number: record({ type: oneOf("number") }),
  boolean: record({ type: oneOf("boolean") }),
  date: record({ type: oneOf("date") }, { cycles }),
  text: record({ type: oneOf("text") }, { embed: units }),
});

const settings: Reader<ColumnSettings> = dictionary<ColumnSetting>((value, where) =>
  isRecord(value) ? details(value, where) : word(value, where),
);

/**
 * The settings in a JSON text.
 * @throws NablaError with the place in the text
 */
export const readColumnSettings = (source: JsonText): ColumnSettings =>
  settings(readJson(source), source.name);

/** The same of an option. Throws a usage error with the place in it. */
export function checkColumnSettings(given: ColumnSettings): ColumnSettings {
  try {
    return settings(given as JsonValue, "columns");
  } catch (error) {
    if (!(error instanceof NablaError)) throw error;
    throw new NablaError("usage", error.message, error.details);
  }
}

/** Undefined where nothing is said; what is ignored has no details. */
export function settingOf(
  columns: ColumnSettings | undefined,
  name: string,
): DetailedSetting | undefined {
  if (columns === undefined || !Object.hasOwn(columns, name)) return undefined;
  const setting = columns[name]!;
  if (setting === "ignore") return undefined;
  return typeof setting === "string" ? { type: setting } : setting;
}

/** The types that columns are to be read as. */
export const settingTypes = (columns: ColumnSettings): [string, Column["type"]][] =>
  Object.keys(columns).flatMap((name) => {
    const type = settingOf(columns, name)?.type;
    return type === undefined ? [] : [[name, type]];
  });
