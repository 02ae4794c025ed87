/**
 * How far a compressed file may grow. A hundredfold is more than text or numbers allow, but for files
 * of nothing but repetitions; what is small when all is out is let through.
 */

import { stat } from "node:fs/promises";
import { NablaError } from "nabla";
import type { Source } from "./source.ts";

const FACTOR = 100;
const HARMLESS = 1 << 28;

/** How many bytes, or cells, may come out of so many bytes. */
export const expansionLimit = (bytes: number): number => Math.max(HARMLESS, FACTOR * bytes);

/** Throws where more than that comes out of a file. */
export async function refuseExpansion(
  { name, path }: Source,
  { amount, unit }: { amount: number; unit: "bytes" | "cells" },
): Promise<void> {
  const { size } = await stat(path);
  if (amount > expansionLimit(size)) throw expandsTooFar(name, `${amount} ${unit}`);
}

/** What the error of a file that grows further says. */
export function expandsTooFar(name: string, got: string): NablaError {
  const expected = `a file that grows at most ${FACTOR} times when it is decompressed`;
  const remedy = "write it as plain CSV if it is what it should be";
  const message = `${name}: expected ${expected}, got ${got}; ${remedy}`;
  return new NablaError("data", message, { where: name, expected, got, remedy });
}
