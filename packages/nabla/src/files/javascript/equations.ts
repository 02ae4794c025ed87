/** Equations as loops of JavaScript, each under its own line of mathematics. */

import { type Equation, left, type Term } from "../../equations/equation.ts";
import type { Index, Tensor } from "../../equations/expression.ts";
import { formatEquation } from "../../equations/format.ts";
import { elementText, extentText, jsOf, type Needs } from "./expressions.ts";
import type { JsNames } from "./names.ts";

/**
 * The lines that compute an equation: sums in float64, stored in the precision of the network. The
 * tensors have their names already.
 */
export function equationLines(equation: Equation, needs: Needs): string[] {
  const { target, indices, terms } = equation;
  const size = sizeText(target);
  const own: Needs = { ...needs, names: needs.names.inner() };
  const element = elementText(left(equation), own.names);
  const [first] = terms;
  const isPlain = terms.length === 1 && first?.over.length === 0;
  const sum = own.names.take(first?.reduction === "max" ? "most" : "sum");
  const start = first?.reduction === "max" ? "Number.NEGATIVE_INFINITY" : "0";
  const body = isPlain
    ? [`${element} = ${jsOf(first.body, own)};`]
    : [
        `let ${sum} = ${start};`,
        ...terms.flatMap((term) => termLines(term, sum, own)),
        `${element} = ${sum};`,
      ];
  return [
    `// ${formatEquation(equation)}`,
    `const ${needs.names.of(target)} = new Floats(${size});`,
    ...loops(indices, body, own.names),
  ];
}

function termLines({ reduction, over, body }: Term, sum: string, needs: Needs): string[] {
  const value = jsOf(body, needs);
  const line = reduction === "max" ? `${sum} = Math.max(${sum}, ${value});` : `${sum} += ${value};`;
  return loops(over, [line], needs.names);
}

/** Lines in loops, the last of which are written without braces where there is one line inside. */
function loops(indices: readonly Index[], inner: readonly string[], names: JsNames): string[] {
  return indices.reduceRight<readonly string[]>((body, index) => {
    const i = names.of(index);
    const head = `for (let ${i} = 0; ${i} < ${extentText(index)}; ${i}++)`;
    if (body.length === 1) return [`${head} ${body[0]}`];
    return [`${head} {`, ...body.map((line) => `  ${line}`), "}"];
  }, inner) as string[];
}

/** The number of elements of a tensor. */
export function sizeText({ shape }: Tensor): string {
  const unit = shape.reduce<number>((size, e) => size * (e === "rows" ? 1 : e), 1);
  if (shape[0] !== "rows") return `${unit}`;
  return unit === 1 ? "rows" : `rows * ${unit}`;
}
