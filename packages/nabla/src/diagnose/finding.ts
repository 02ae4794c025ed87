/** One thing that is wrong, in words and as data, and the words that all judgements share. */

/** In the order of importance: causes stand before what follows from them. */
export const findingCodes = [
  ...(["leaking-column", "identifier", "constant-column", "missing-values"] as const),
  ...(["unscaled-column", "rate-too-high", "dead-units", "saturated-units"] as const),
  ...(["large-gradients", "small-gradients"] as const),
  ...(["rate-too-low", "overfitting", "underfitting"] as const),
] as const;

export type FindingCode = (typeof findingCodes)[number];

export interface Finding {
  readonly code: FindingCode;
  /** `a1 (layer 1)`, `column "mass"`, `epochs 1 to 50`. */
  readonly where: string;
  /** What was measured. */
  readonly figure: string;
  /** The whole sentence: where, figure and remedy. */
  readonly message: string;
  readonly remedy: string;
}

export function finding(code: FindingCode, said: Omit<Finding, "code" | "message">): Finding {
  const { where, figure, remedy } = said;
  return { code, where, figure, message: `${where}: ${figure}; ${remedy}`, remedy };
}

/** `W2 (layer 2)`: layers number what they write, `h1_2` too; other names stand alone. */
export function withLayer(name: string): string {
  const layer = /^[a-zA-Z]+([1-9]\d*)/.exec(name)?.[1];
  return layer === undefined ? name : `${name} (layer ${layer})`;
}

/** Four significant digits. */
export const short = (x: number): string => String(Number(x.toPrecision(4)));
