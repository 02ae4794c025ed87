/** `nabla evaluate`: how well a model predicts the target of a table's rows. */

import { evaluateTable } from "nabla";
import { type Context, print, printJson } from "../context.ts";
import { readTableModel } from "../model-file.ts";
import { readTable } from "../tables/read-table.ts";
import { aligned, significant } from "../text.ts";

export interface EvaluateFlags {
  readonly model: string;
  readonly table: string;
  readonly json?: boolean;
}

export async function evaluate(flags: EvaluateFlags, context: Context): Promise<number> {
  const model = await readTableModel(flags.model, context);
  const { features, target } = model.schema;
  const types = new Map([...features, target].map(({ name, type }) => [name, type]));
  const table = await readTable(flags.table, { ...context, types, otherTypes: "text" });
  const { rows, cost, metrics } = evaluateTable(model, table);
  if (flags.json) await printJson(context.stdout, { rows, cost, metrics });
  else {
    const numbers = Object.entries({ cost, ...metrics });
    const lines = numbers.map(([name, value]) => [name, significant(value)]);
    await print(context.stdout, aligned([["rows", String(rows)], ...lines]));
  }
  return 0;
}
