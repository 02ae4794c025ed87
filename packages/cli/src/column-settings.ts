/** `--columns`: what single columns of a table are, in a JSON file. */

import type { ColumnSettings } from "nabla";
import { readColumnSettings } from "nabla/files";
import type { Context } from "./context.ts";
import { readInput } from "./model-file.ts";
import type { ColumnType } from "./tables/kinds.ts";

export async function readSettings(given: string, context: Context): Promise<ColumnSettings> {
  const text = new TextDecoder().decode(await readInput(given, context));
  return readColumnSettings({ text, name: given });
}

/** What to read the columns as. One that is ignored may hold anything. */
export const settingTypes = (columns: ColumnSettings): [string, ColumnType][] =>
  Object.entries(columns).map(([name, setting]) => {
    if (setting === "ignore") return [name, "text"];
    return [name, typeof setting === "string" ? setting : setting.type];
  });
