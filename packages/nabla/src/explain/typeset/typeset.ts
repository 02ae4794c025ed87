/** Derivations and equations as pages: Unicode text, LaTeX, Markdown, HTML. */

import { type Equation, tensorsOf } from "../../equations/equation.ts";
import type { Tensor } from "../../equations/expression.ts";
import type { Derivation, Symbols } from "../derivation.ts";
import { displayDerivation, displayEquations, type Notation, type Page, sides } from "./display.ts";
import { htmlPage, inMath } from "./html.ts";
import { relation } from "./items.ts";
import { latexPage } from "./latex.ts";
import { markdownPage } from "./markdown.ts";
import { mathml } from "./mathml.ts";
import { tex } from "./tex.ts";
import { textPage, textStep } from "./text.ts";

export type { Notation } from "./display.ts";

/** "text" is Unicode, "latex" a document for pdflatex, "html" one file that needs no scripts. */
export type Format = "text" | "latex" | "markdown" | "html";

export interface TypesetOptions {
  /** "index" writes Σ_i W_ji x_ni, "matrix" X Wᵀ where an equation has such a form. Default "index". */
  readonly notation?: Notation;
  /** The characters on a line of text; others take about as much. Default 80. */
  readonly width?: number;
  readonly title?: string;
}

const noSymbols: Symbols = { tensors: new Map(), functions: new Map(), names: new Map() };

const pages: Readonly<Record<Format, (page: Page, width: number) => string>> = {
  ...{ text: textPage, latex: latexPage, markdown: markdownPage, html: htmlPage },
};

/** A derivation, or a list of equations, as a page. */
export function typeset(
  what: Derivation | readonly Equation[],
  format: Format,
  { notation = "index", width = 80, title }: TypesetOptions = {},
): string {
  const options = { notation, title, symbols: noSymbols };
  const page =
    "sections" in what ? displayDerivation(what, options) : displayEquations(what, options);
  return pages[format](page, width);
}

export interface EquationOptions {
  readonly notation?: Notation;
  readonly symbols?: Symbols;
  /** The tensors of the equations around it: x becomes X unless one of them is X. */
  readonly tensors?: Iterable<Tensor>;
}

/** One equation as one formula, for a page of one's own: text, TeX without delimiters, `<math>`. */
export function typesetEquation(
  equation: Equation,
  format: "text" | "latex" | "html",
  { notation = "index", symbols = noSymbols, tensors: around = [] }: EquationOptions = {},
): string {
  const tensors = new Set([equation.target, ...tensorsOf(equation), ...around]);
  const { left, right } = sides(equation, { notation, symbols, tensors });
  switch (format) {
    case "text":
      return textStep({ left, right });
    case "latex":
      return tex([...left, relation("="), ...right]);
    case "html":
      return inMath(mathml([...left, relation("="), ...right]));
    default:
      return format satisfies never;
  }
}
