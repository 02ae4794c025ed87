/** `data/2024-*.csv` → the files that fit: * any letters, ? one, [a-z] one of these, ** any folders. */

import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";

export const hasPattern = (text: string): boolean => /[*?[]/.test(text);

/** The files that fit, in the order of their names' code units. As in a shell, * begins no name with a dot. */
export async function expandGlob(pattern: string, { cwd }: { cwd: string }): Promise<string[]> {
  const [first = "", ...rest] = pattern.split("/");
  const absolute = first === "";
  const found = await expandIn(absolute ? "/" : "", absolute ? rest : [first, ...rest], cwd);
  return [...new Set(found)].sort((a, b) => (a < b ? -1 : 1));
}

async function expandIn(
  folder: string,
  [part = "", ...rest]: readonly string[],
  cwd: string,
): Promise<string[]> {
  const last = rest.length === 0;
  if (!hasPattern(part)) {
    const path = join(folder, part);
    if (!last) return expandIn(path, rest, cwd);
    const stats = await stat(resolve(cwd, path)).catch(() => undefined);
    return stats?.isFile() ? [path] : [];
  }
  const deep = part === "**" && !last;
  const regExp = deep ? /^(?!\.)/ : patternOf(part);
  const entries = await entriesOf(resolve(cwd, folder));
  const inside = entries
    .filter(({ name }) => regExp.test(name))
    .map(async (entry): Promise<string[]> => {
      const path = join(folder, entry.name);
      if (last) return (await isFile(entry, resolve(cwd, path))) ? [path] : [];
      if (deep && entry.isSymbolicLink()) return []; // may lead round in a circle
      return entry.isDirectory() || entry.isSymbolicLink()
        ? expandIn(path, deep ? [part, ...rest] : rest, cwd)
        : [];
    });
  const here = deep ? expandIn(folder, rest, cwd) : [];
  return (await Promise.all([here, ...inside])).flat();
}

/** Of a folder that is none, or may not be read: nothing, as in a shell. */
const entriesOf = (path: string): Promise<Dirent[]> =>
  readdir(path, { withFileTypes: true }).catch(() => []);

async function isFile(entry: Dirent, path: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isFile();
  const stats = await stat(path).catch(() => undefined);
  return stats?.isFile() ?? false;
}

/** A part of a path as a regular expression; what is no pattern stands for itself. */
function patternOf(part: string): RegExp {
  const source = part.replace(/\[([!^]?)([^\]]+)\]|[\s\S]/g, (text, not?: string, set?: string) => {
    if (set !== undefined) return `[${not ? "^" : ""}${set.replace(/[\\[\]^&]/g, "\\$&")}]`;
    if (text === "*") return "[\\s\\S]*";
    if (text === "?") return "[\\s\\S]";
    return text.replace(/[\\^$.|+(){}[\]/-]/g, "\\$&");
  });
  const hidden = part.startsWith(".") ? "" : "(?!\\.)";
  return new RegExp(`^${hidden}${source}$`);
}
