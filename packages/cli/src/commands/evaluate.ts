/** `nabla evaluate`: how well a model predicts the target of a table's rows. */

import { evaluateTable } from "nabla";
import { type Context, print, printJson } from "../context.ts";
import { columnTypes, readTableModel } from "../model-file.ts";
import { evaluationTable } from "../quality.ts";
import { during } from "../status.ts";
import { refuseNoTable, type TableFlags } from "../table-flags.ts";
import { shownName } from "../tables/address.ts";
import { readTable } from "../tables/read-table.ts";

export interface EvaluateFlags extends TableFlags {
  readonly model: string;
  readonly json?: boolean;
}

export async function evaluate(flags: EvaluateFlags, context: Context): Promise<number> {
  refuseNoTable(flags);
  const model = await readTableModel(flags.model, context);
  const { table: given, query, allowNetwork } = flags;
  const reading = readTable(given, {
    ...context,
    query,
    allowNetwork,
    types: columnTypes(model),
    otherTypes: "text",
    missing: flags.missing,
  });
  const table = await during(reading, { what: `reading ${shownName(given)}`, context });
  const evaluation = evaluateTable(model, table);
  if (flags.json) await printJson(context.stdout, evaluation);
  else await print(context.stdout, evaluationTable(evaluation));
  return 0;
}
