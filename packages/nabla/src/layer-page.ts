/** What layers write on, and what goes from one to the next. */

import type { InitializerName } from "./functions/initializers.ts";

/** What goes from layer to layer: a tensor [rows, units]. */
export interface Values {
  readonly name: string;
  /** The letter that counts its units. */
  readonly index: string;
  readonly units: number;
  /** The weights whose sums these are: they start as the next activation has it. */
  readonly weights?: readonly string[];
  /** Embeddings, which stand beside the inputs x. */
  readonly beside?: readonly Values[];
  /** The activation that has made these, what it read, and the number of its equations. */
  readonly made?: { readonly by: string; readonly z: string; readonly number: string };
}

/** `a1[n,j]` */
export const elementOf = ({ name, index }: Pick<Values, "name" | "index">): string =>
  `${name}[n,${index}]`;

/** What has been written. */
export interface Page {
  readonly lines: string[];
  readonly extents: Record<string, number>;
  /** How the parameters start. */
  readonly initial: Record<string, InitializerName>;
  /** Dropout masks and the share that they keep. */
  readonly masks: Record<string, number>;
  /** The weights as elements, W1[j,i], …: what penalties are about. */
  readonly weights: string[];
  /** Throws at a formula in z that is none. */
  readonly checkFormula: (formula: string) => void;
  /** How many dense layers there are. */
  dense: number;
  /** How often each letter has been given under each number. */
  readonly given: Map<string, number>;
}
