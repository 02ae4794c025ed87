/**
 * The figure of docs/derivation.md, for equations of which each reads the one before: they stand in a row,
 * computed left to right; beneath each its gradient, right to left; what is learned above, its gradients below.
 */

import { type Equation, tensorsOf } from "../../src/equations/equation.ts";
import type { Tensor } from "../../src/equations/expression.ts";
import type { Derivation } from "../../src/explain/derivation.ts";
import { flat } from "../../src/explain/typeset/flat.ts";
import { nameSymbol } from "../../src/explain/typeset/names.ts";
import { typesetEquation } from "../../src/explain/typeset/typeset.ts";
import { sectionOf } from "./lines.ts";

/** `z² = W² a¹ + b²` */
interface Line {
  readonly left: string;
  readonly right: string;
}

interface Column {
  readonly tensor: Tensor;
  readonly forward: Line;
  /** Read from outside: parameters, targets. */
  readonly given: readonly string[];
  readonly backward?: Line;
  /** Of its parameters. */
  readonly gradients: readonly Line[];
}

const box = { width: 178, height: 60 };
const step = 214;
const margin = 16;
const height = 410;
const rows = { given: 44, forward: 88, backward: 226, gradients: 344 };
const left = (column: number): number => margin + step * column;
const middle = (column: number): number => left(column) + box.width / 2;

export function derivationFigure(derivation: Derivation): string {
  const columns = columnsOf(derivation);
  const width = left(columns.length) - (step - box.width) + margin;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description">
<title id="title">The forward pass from left to right, the backward pass from right to left</title>
<desc id="description">${escaped(description(columns))}</desc>
<style>${style}</style>
<defs>${arrowHead("forward")}${arrowHead("backward")}</defs>
<rect class="ground" width="${width}" height="${height}" rx="10"/>
${columns.flatMap((_, i) => drawColumn(columns, i)).join("\n")}
${label(middle(0), rows.backward + 36, "← backward")}
</svg>
`;
}

/** The sentences that the picture says. */
function description(columns: readonly Column[]): string {
  const said = ({ left, right }: Line): string => (right === "" ? left : `${left} = ${right}`);
  const forward = columns.map((column) => said(column.forward));
  const backward = columns
    .flatMap(({ backward, gradients }) => (backward ? [[backward, ...gradients].map(said)] : []))
    .reverse();
  return `Forward: ${forward.join("; ")}. Backward: ${backward.flat().join("; ")}.`;
}

function columnsOf(derivation: Derivation): Column[] {
  const { about, chains } = sectionOf(derivation, "Backward, for one row");
  const { symbols } = derivation;
  const lineOf = (equation: Equation): Line => {
    const notation = equation.indices.length === 0 ? "index" : "matrix";
    const line = typesetEquation(equation, "text", { notation, symbols });
    const [left = "", right = ""] = line.split(" = ");
    return { left, right };
  };
  const gradientOf = (tensor: Tensor): Line[] =>
    chains
      .filter(({ left }) => {
        const gradient = symbols.names.get(left.tensor) ?? left.tensor;
        return symbols.tensors.get(gradient)?.by === tensor;
      })
      .flatMap(({ links }) => links.filter(({ rule }) => rule === "delta"))
      .map(({ equation }) => lineOf(equation));

  const computed = about.map((equation, i): Column => {
    const read = [...tensorsOf(equation)].filter(({ role }) => role !== "computed");
    const given = read.filter(({ role }) => i > 0 || role === "parameter");
    const [backward] = gradientOf(equation.target);
    return {
      ...{ tensor: equation.target, forward: lineOf(equation), given: given.map(nameOf) },
      ...(backward && { backward }),
      gradients: given.flatMap(gradientOf),
    };
  });
  const inputs = about.slice(0, 1).flatMap((equation) => [...tensorsOf(equation)]);
  const first = inputs
    .filter(({ role }) => role === "input")
    .map((tensor): Column => {
      return { tensor, forward: { left: nameOf(tensor), right: "" }, given: [], gradients: [] };
    });
  return [...first, ...computed];
}

const nameOf = ({ name }: Tensor): string => flat([nameSymbol(name)]);

function drawColumn(columns: readonly Column[], i: number): string[] {
  const [column, next] = [columns[i] as Column, columns[i + 1]];
  const { forward, given, backward, gradients } = column;
  const half = box.height / 2;
  const lines = [drawBox(i, rows.forward, { line: forward, pass: "forward" })];
  if (given.length > 0) {
    lines.push(label(middle(i), rows.given, given.join(", ")));
    lines.push(arrow(`M${middle(i)} ${rows.given + 10}V${rows.forward - 3}`, "forward"));
  } else if (i === 0) {
    lines.push(label(middle(i), rows.given, "forward →"));
  }
  if (next !== undefined) {
    lines.push(
      arrow(`M${left(i) + box.width} ${rows.forward + half}H${left(i + 1) - 3}`, "forward"),
    );
  }
  if (backward === undefined || next === undefined) return lines;

  const [y, end] = [rows.backward + half, left(i) + box.width + 3];
  const fromCost = `M${middle(i + 1)} ${rows.forward + box.height}V${y}H${end}`;
  const start = next.backward === undefined ? fromCost : `M${left(i + 1)} ${y}H${end}`;
  const between = `∂${nameOf(next.tensor)}/∂${nameOf(column.tensor)}`;
  lines.push(
    ...[drawBox(i, rows.backward, { line: backward, pass: "backward" }), arrow(start, "backward")],
    label(left(i + 1) - (step - box.width) / 2, rows.backward - 10, between),
  );
  if (gradients.length > 0) {
    const down = `M${middle(i)} ${rows.backward + box.height}V${rows.gradients - 22}`;
    lines.push(arrow(down, "backward"));
  }
  gradients.forEach(({ left, right }, g) => {
    lines.push(text(middle(i), rows.gradients + 26 * g, `${left} = ${right}`));
  });
  return lines;
}

type Pass = "forward" | "backward";

function drawBox(column: number, y: number, { line, pass }: { line: Line; pass: Pass }): string {
  const { width, height } = box;
  const rectangle = `<rect class="box ${pass}" x="${left(column)}" y="${y}" width="${width}" height="${height}" rx="8"/>`;
  const at = middle(column);
  if (line.right === "") return `${rectangle}\n${text(at, y + 37, line.left, "name")}`;
  return `${rectangle}\n${text(at, y + 25, line.left, "name")}\n${text(at, y + 48, line.right)}`;
}

const text = (x: number, y: number, words: string, kind = "formula"): string =>
  `<text class="${kind}" x="${x}" y="${y}">${escaped(words)}</text>`;
const label = (x: number, y: number, words: string): string => text(x, y, words, "label");
const arrow = (path: string, pass: Pass): string =>
  `<path class="box ${pass}" d="${path}" marker-end="url(#${pass})"/>`;
const arrowHead = (pass: Pass): string =>
  `<marker id="${pass}" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="head-${pass}" d="M0 0L8 4L0 8z"/></marker>`;
const escaped = (words: string): string => words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** The ground goes with the letters, so they are readable on any page. */
const style = `
svg { --ground: #fff; --ink: #1f2328; --quiet: #59636e; --forward: #0a58ca; --backward: #b02a37; }
@media (prefers-color-scheme: dark) {
  svg { --ground: #0d1117; --ink: #f0f6fc; --quiet: #a5b0bc; --forward: #6ea8fe; --backward: #ff8f9a; }
}
text { fill: var(--ink); font: 14px "STIX Two Text", Cambria, "DejaVu Serif", serif; text-anchor: middle; }
.name { font-size: 20px; }
.label { fill: var(--quiet); font-size: 16px; }
.ground { fill: var(--ground); }
.box { fill: none; stroke-width: 1.6; }
.forward { stroke: var(--forward); }
.backward { stroke: var(--backward); }
.head-forward { fill: var(--forward); }
.head-backward { fill: var(--backward); }
`;
