/** What names a table, in every command that reads one. */

import type { Command } from "commander";
import { NablaError } from "nabla";
import { list } from "./arguments.ts";
import { MISSING } from "./help.ts";

export interface TableFlags {
  /** Absent where a query over files takes its place. */
  readonly table?: string | undefined;
  readonly query?: string;
  readonly allowNetwork?: boolean;
  readonly missing?: readonly string[];
}

const TABLE = 'a file, "data/*.csv", a database, postgres://…, or "-" for standard input';

export const tableArgument = (command: Command): Command => command.argument("[table]", TABLE);

export const tableOptions = (command: Command): Command =>
  command
    .option("--query <sql>", "the rows to take: select … from 'flights.parquet' where …")
    .option("--allow-network", "fetch the table, if it is an http address")
    .option("--missing <texts>", MISSING, list);

/** Throws where neither a table nor a query is given. */
export function refuseNoTable({ table, query }: TableFlags): void {
  if (table !== undefined || query !== undefined) return;
  const remedy = "name a file, or choose rows with --query";
  throw new NablaError("usage", `missing required argument 'table'; ${remedy}`, { remedy });
}
