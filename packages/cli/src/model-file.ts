/** Model files, as the commands read them. */

import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { loadModel, NablaError, type Network, type TableModel, targetColumns } from "nabla";
import { readSafetensors } from "nabla/files";
import type { Context } from "./context.ts";
import { inputError } from "./errors.ts";
import type { ColumnType } from "./tables/kinds.ts";

/** Reads a model of tables. Throws where there is none, or a network that knows no table. */
export async function readTableModel(given: string, context: Context): Promise<TableModel> {
  const { model } = await readModel(given, context);
  if ("schema" in model) return model;
  const expected = "a model of tables, as nabla train writes it";
  const got = "a network without the schema of a table";
  const message = `${given}: expected ${expected}, got ${got}`;
  throw new NablaError("data", message, { where: given, expected, got });
}

export interface ModelFile {
  readonly model: Network | TableModel;
  /** Of the format, and of the nabla that wrote it. */
  readonly versions: Readonly<Record<string, string | number>>;
}

/** Reads any model file. Throws where there is none, or anything in it is not as it should be. */
export async function readModel(given: string, context: Context): Promise<ModelFile> {
  const bytes = await readInput(given, context);
  try {
    return { model: loadModel(bytes), versions: versionsOf(bytes) };
  } catch (error) {
    throw error instanceof NablaError ? placedIn(given, error) : error;
  }
}

/** The bytes of a small file. Throws where there is none. */
export const readInput = (given: string, { cwd }: Context): Promise<Uint8Array> =>
  readFile(resolve(cwd, given)).catch((error) => {
    throw inputError(given, error);
  });

/** Of a file that `loadModel` has found to be sound. */
const versionsOf = (bytes: Uint8Array): ModelFile["versions"] =>
  JSON.parse(readSafetensors(bytes).metadata.versions ?? "{}");

/** The error with the file's name before the place in it. */
export function placedIn(given: string, { code, message, details }: NablaError): NablaError {
  const where = details.where === undefined ? given : `${given}, ${details.where}`;
  return new NablaError(code, `${given}: ${message}`, { ...details, where });
}

/** The types of the columns that a model's inputs are made of. */
export const featureTypes = ({ schema }: TableModel): Map<string, ColumnType> =>
  new Map(schema.features.map(({ name, type }) => [name, type]));

/** The same with what the model predicts, and what its rows were weighed by. */
export function columnTypes(model: TableModel): Map<string, ColumnType> {
  const types = featureTypes(model);
  const { target, weights } = model.schema;
  for (const { name, type } of targetColumns(target)) types.set(name, type);
  if (weights?.column !== undefined) types.set(weights.column, "number");
  return types;
}
