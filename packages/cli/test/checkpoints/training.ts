/** A training with everything switched on, for the tests of checkpoints. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

const words = ["u", "v", "w", ""];

/** Noise that is the same everywhere. */
const noise = (i: number): number => ((i * 7919 + 104_729) % 1009) / 1009 - 0.5;

export function table(rows: number): string {
  const lines = Array.from({ length: rows }, (_, i) => {
    const [a, b] = [noise(i), noise(3 * i + 1)];
    return `${a},${i % 13 === 4 ? "" : b},${words[i % 4]},${a + b + noise(5 * i) > 0 ? "yes" : "no"}`;
  });
  return `a,b,c,y\n${lines.join("\n")}\n`;
}

/** Dropout, shuffling, Adam, a schedule, early stopping, penalties, weights, clipping. */
export const everything = [
  ...["train", "t.csv", "--target", "y", "--dropout", "0.2", "--l1", "1e-5", "--l2", "0.001"],
  ...["--schedule", "cosine", "--clip-norm", "1", "--class-weight", "balanced", "--seed", "3"],
  ...["--batch-size", "16", "--json"],
];

export const modelIn = (folder: string): Buffer => readFileSync(join(folder, "t.safetensors"));
