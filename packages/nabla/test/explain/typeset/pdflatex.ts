/** pdflatex, where it is on this machine. */

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const found = (process.env.PATH ?? "")
  .split(delimiter)
  .map((folder) => join(folder, "pdflatex"))
  .find((path) => existsSync(path));

export const hasPdflatex = found !== undefined;

export interface Compiled {
  readonly pages: number;
  /** Lines of its log that tell of errors, and of boxes that are too wide. */
  readonly complaints: readonly string[];
}

/** Compiles a document in a folder of its own. */
export async function compileLatex(document: string): Promise<Compiled> {
  const folder = await mkdtemp(join(tmpdir(), "nabla-latex-"));
  try {
    await writeFile(join(folder, "page.tex"), document);
    const options = ["-interaction=nonstopmode", "-no-shell-escape", "page.tex"];
    await promisify(execFile)(found ?? "pdflatex", options, { cwd: folder }).catch(() => undefined);
    const log = await readFile(join(folder, "page.log"), "latin1");
    const pages = Number(/Output written on page\.pdf \((\d+) page/.exec(log)?.[1] ?? 0);
    const complaints = log
      .split("\n")
      .filter((line) => /^!|^Overfull \\hbox|^Missing char/.test(line));
    return { pages, complaints };
  } finally {
    await rm(folder, { recursive: true });
  }
}
