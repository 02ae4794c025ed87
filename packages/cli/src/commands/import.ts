/** `nabla import`: a network of brain.js or TensorFlow.js as a model file. */

import { constants } from "node:fs";
import { open, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve, sep } from "node:path";
import { NablaError, saveModel } from "nabla";
import {
  type Imported,
  importBrain,
  isBrain,
  isTensorFlow,
  readJson,
  readTensorFlow,
} from "nabla/files";
import { type Context, print, printJson } from "../context.ts";
import { inputError } from "../errors.ts";
import { readInput } from "../model-file.ts";
import { counted } from "../text.ts";
import { checkWritable, writeFile } from "../write-file.ts";

export interface ImportFlags {
  readonly file: string;
  readonly out?: string;
  readonly json?: boolean;
}

export async function importModel(flags: ImportFlags, context: Context): Promise<number> {
  const { cwd, stdout, stderr } = context;
  const { file } = flags;
  const { network, notTaken } = await readForeign(file, context);
  const out = flags.out ?? `${basename(file).replace(/\.[^.]+$/, "")}.safetensors`;
  const output = { name: out, path: resolve(cwd, out) };
  await checkWritable(output, { inputs: [resolve(cwd, file)] });
  await writeFile(output, [saveModel(network)]);

  const parameters = [...network.parameters.values()].reduce((sum, { length }) => sum + length, 0);
  if (flags.json) await printJson(stdout, { model: out, parameters, notTaken });
  else {
    await print(stderr, `${out}: ${counted(parameters, "parameter")}\n`);
    for (const what of notTaken) await print(stderr, `not taken: ${what}\n`);
  }
  return 0;
}

async function readForeign(file: string, context: Context): Promise<Imported> {
  const text = decode(await readInput(file, context), file);
  const value = readJson({ text, name: file, deepest: 16 });
  if (isBrain(value)) return importBrain(text, file);
  if (isTensorFlow(value)) {
    const model = readTensorFlow(text, file);
    const path = resolve(context.cwd, file);
    const parts: Uint8Array[] = [];
    for (const own of model.paths) parts.push(await readBeside(path, { file, own }));
    return model.import(Buffer.concat(parts));
  }
  const expected = "toJSON() of a brain.js network, or a model.json of TensorFlow.js";
  const message = `${file}: expected ${expected}, got other JSON`;
  throw new NablaError("data", message, { where: file, expected, got: "other JSON" });
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const message = `${file}: expected JSON in UTF-8, got other bytes`;
    throw new NablaError("data", message, { where: file, expected: "JSON in UTF-8" });
  }
}

/** The bytes of a file that a model names: it lies in the model's folder, wherever links lead. */
async function readBeside(
  model: string,
  { file, own }: { file: string; own: string },
): Promise<Uint8Array> {
  const where = `${file}, weights "${own}"`;
  const folder = await realpath(dirname(model));
  const path = await realpath(join(folder, own)).catch((error) => {
    throw inputError(where, error);
  });
  if (!path.startsWith(folder.endsWith(sep) ? folder : folder + sep)) {
    const expected = "a file in the model's folder";
    const message = `${where}: expected ${expected}, got a link that leads out of it`;
    throw new NablaError("data", message, { where, expected });
  }
  const handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch(
    (error) => {
      throw inputError(where, error);
    },
  );
  try {
    const stats = await handle.stat();
    if (stats.isFile()) return await handle.readFile();
    const message = `${where}: expected a file, got something else`;
    throw new NablaError("data", message, { where, expected: "a file" });
  } finally {
    await handle.close();
  }
}
