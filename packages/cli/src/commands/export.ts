/** `nabla export`: a model as a file that other programs run. */

import { resolve } from "node:path";
import { NablaError, type Network, type TableModel } from "nabla";
import { exportJavaScript, exportOnnx } from "nabla/files";
import { type Context, print, printJson } from "../context.ts";
import { placedIn, readModel } from "../model-file.ts";
import { counted } from "../text.ts";
import { checkWritable, writeFile } from "../write-file.ts";

export interface ExportFlags {
  readonly model: string;
  readonly onnx?: string;
  readonly js?: string;
  readonly json?: boolean;
}

/** What each flag writes. */
const exporters: Readonly<
  Record<"onnx" | "js", (model: Network | TableModel) => Uint8Array | string>
> = {
  onnx: exportOnnx,
  js: exportJavaScript,
};

/** All is made before anything is written. */
export async function exportModel(flags: ExportFlags, context: Context): Promise<number> {
  const { cwd, stdout, stderr } = context;
  const wanted = Object.entries(exporters).flatMap(([format, write]) => {
    const name = flags[format as keyof typeof exporters];
    return name === undefined ? [] : [{ format, write, name, path: resolve(cwd, name) }];
  });
  if (wanted.length === 0) throw nothingWanted();
  if (new Set(wanted.map(({ path }) => path)).size < wanted.length) throw sameFile(wanted[0]!.name);
  const { model } = await readModel(flags.model, context);
  const inputs = [resolve(cwd, flags.model)];
  for (const output of wanted) await checkWritable(output, { inputs });

  const made = wanted.map((output) => {
    const content = inModel(flags.model, () => output.write(model));
    return { ...output, content, bytes: Buffer.byteLength(content) };
  });
  for (const { name, path, content, bytes } of made) {
    await writeFile({ name, path }, [content]);
    if (!flags.json) await print(stderr, `${name}: ${counted(bytes, "byte")}\n`);
  }
  const files = made.map(({ format, name, bytes }) => [format, { out: name, bytes }] as const);
  if (flags.json) await printJson(stdout, Object.fromEntries(files));
  return 0;
}

/** What cannot be exported is named with the model's file. */
function inModel<T>(given: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw error instanceof NablaError ? placedIn(given, error) : error;
  }
}

function nothingWanted(): NablaError {
  const flags = Object.keys(exporters).map((format) => `--${format} <file>`);
  const expected = `what to write: ${flags.join(" or ")}`;
  return new NablaError("usage", `name ${expected}`, { expected, remedy: `add ${flags[0]}` });
}

function sameFile(where: string): NablaError {
  const remedy = "name two files";
  const message = `${where} cannot be both --onnx and --js; ${remedy}`;
  return new NablaError("usage", message, { where, remedy });
}
