/** `nabla evaluate`: how well a model predicts the target of a table's rows. */

import { evaluateTable } from "nabla";
import { type Context, print, printJson } from "../context.ts";
import { columnTypes, readTableModel } from "../model-file.ts";
import { during } from "../status.ts";
import { readTable } from "../tables/read-table.ts";
import { aligned, significant } from "../text.ts";

export interface EvaluateFlags {
  readonly model: string;
  readonly table: string;
  readonly missing?: readonly string[];
  readonly json?: boolean;
}

export async function evaluate(flags: EvaluateFlags, context: Context): Promise<number> {
  const model = await readTableModel(flags.model, context);
  const reading = readTable(flags.table, {
    ...context,
    types: columnTypes(model),
    otherTypes: "text",
    missing: flags.missing,
  });
  const table = await during(reading, { what: `reading ${flags.table}`, context });
  const { rows, cost, metrics, details } = evaluateTable(model, table);
  if (flags.json) await printJson(context.stdout, { rows, cost, metrics, details });
  else {
    const numbers = Object.entries({ cost, ...metrics });
    const lines = numbers.map(([name, value]) => [name, significant(value)]);
    await print(context.stdout, aligned([["rows", String(rows)], ...lines]));
  }
  return 0;
}
