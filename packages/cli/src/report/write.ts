/** The report as a file. What draws it is read only here, when one is asked for. */

import { resolve } from "node:path";
import { NablaError } from "nabla";
import manifest from "../../package.json" with { type: "json" };
import { checkWritable, type Output, writeFile } from "../write-file.ts";
import type { Reported } from "./reported.ts";

export interface ReportFile {
  write(reported: Omit<Reported, "versions">): Promise<void>;
}

/**
 * The file of `--report`. Throws unless it can be written now, and is neither the model nor one of the
 * inputs.
 */
export async function reportFile(
  given: string,
  { cwd, model, inputs }: { cwd: string; model: Output; inputs: readonly string[] },
): Promise<ReportFile> {
  const output = { name: given, path: resolve(cwd, given) };
  if (output.path === model.path) throw replacesModel(given);
  await checkWritable(output, { inputs: [...inputs, model.path] });
  return {
    async write(reported) {
      const { reportPage } = await import("./report.ts");
      const versions = { nabla: manifest.version, node: process.versions.node };
      await writeFile(output, [reportPage({ ...reported, versions })]);
    },
  };
}

function replacesModel(given: string): NablaError {
  const remedy = "write them to two files";
  const message = `--report and --out are the same file, ${given}; ${remedy}`;
  return new NablaError("usage", message, { where: "--report", got: given, remedy });
}
