/** A network as a drawing: a column of dots for its inputs and for every layer with units of its own. */

import type { Layer, LayeredDefinition } from "nabla";
import { shortened } from "../figures.ts";
import { counted } from "../text.ts";
import { type Html, html } from "./html.ts";
import { scrolling } from "./table.ts";

interface Stage {
  readonly units: number;
  readonly title: string;
  readonly note: string;
}

/** Units that are drawn; of more, some with a gap in their middle. */
const MOST_UNITS = 9;
const SIZE = { width: 640, height: 260, top: 14, bottom: 56, side: 76, between: 120 };
const MIDDLE = SIZE.top + (SIZE.height - SIZE.top - SIZE.bottom) / 2;
const STEP = (SIZE.height - SIZE.top - SIZE.bottom) / MOST_UNITS;

export function drawing(definition: LayeredDefinition, columns: number): Html {
  const stages = stagesOf(definition, columns);
  const gaps = Math.max(stages.length - 1, 1);
  const width = Math.max(SIZE.width, 2 * SIZE.side + SIZE.between * gaps);
  const x = (stage: number) => short(SIZE.side + (stage * (width - 2 * SIZE.side)) / gaps);
  const heights = stages.map(({ units }) => heightsOf(units));
  const edges = heights
    .slice(1)
    .flatMap((to, i) =>
      heights[i]!.flatMap((a) => to.map((b) => `M${x(i)} ${short(a)}L${x(i + 1)} ${short(b)}`)),
    );
  const label = `The network: ${stages.map(({ title, note }) => `${title}, ${note}`).join("; then ")}.`;
  const drawn = stages.map((stage, i) => stageMarks(stage, { x: x(i), heights: heights[i]! }));
  return scrolling(
    "Drawing of the network",
    html`<svg class="network" viewBox="0 0 ${width} ${SIZE.height}" role="img" aria-label="${label}" text-anchor="middle" fill="currentColor">
<path class="edges" d="${edges.join("")}"/>
${drawn}</svg>`,
  );
}

function stageMarks(
  { units, title, note }: Stage,
  { x, heights }: { x: string; heights: readonly number[] },
): Html {
  const y = SIZE.height - SIZE.bottom + 26;
  const dots = heights.map((height) => html`<circle cx="${x}" cy="${short(height)}" r="6"/>`);
  const gap = html`<text x="${x}" y="${short(MIDDLE + 5)}" class="gap">⋮</text>`;
  return html`<g>${dots}${units > MOST_UNITS && gap}<text x="${x}" y="${y}" class="name">${title}</text><text x="${x}" y="${y + 18}" class="quiet">${note}</text></g>
`;
}

const short = (x: number): string => String(Number(x.toFixed(1)));

function heightsOf(units: number): number[] {
  const shown = Math.min(units, MOST_UNITS);
  const all = Array.from({ length: shown }, (_, i) => MIDDLE + (i - (shown - 1) / 2) * STEP);
  return units > MOST_UNITS ? all.filter((height) => height !== MIDDLE) : all;
}

function stagesOf({ inputs, embeddings = [], layers }: LayeredDefinition, columns: number) {
  const embedded = embeddings.reduce((sum, { units }) => sum + units, 0);
  const of = `of ${counted(columns, "column")}`;
  const stages: Stage[] = [
    {
      units: inputs + embedded,
      title: counted(inputs + embedded, "input"),
      note: embeddings.length === 0 ? of : `${of}, ${embeddings.length} embedded`,
    },
  ];
  for (const layer of layers.flatMap(flat)) {
    if (layer.layer === "dense") {
      const { units, activation = "identity" } = layer;
      stages.push({ units, title: counted(units, "unit"), note: shortened(activation, 18) });
      continue;
    }
    const last = stages.pop()!;
    stages.push({ ...last, note: `${last.note}, ${wordsOf(layer)}` });
  }
  return stages;
}

type PlainLayer = Exclude<Layer, { readonly layer: "residual" }>;

const flat = (layer: Layer): PlainLayer[] =>
  layer.layer === "residual" ? layer.layers.flatMap(flat) : [layer];

function wordsOf(layer: Exclude<PlainLayer, { readonly layer: "dense" }>): string {
  switch (layer.layer) {
    case "dropout":
      return `dropout ${layer.rate}`;
    case "activation":
      return shortened(layer.activation, 18);
    case "layer-norm":
      return "layer norm";
    default:
      return layer satisfies never;
  }
}
