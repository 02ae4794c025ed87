/**
 * How training goes, on stderr. On a terminal a line is rewritten in place, with the cost curves above
 * it where there is room; else there is a line now and then.
 */

import type { Epoch, FoldPlace } from "nabla";
import { type Curves, chartLines } from "./chart.ts";
import { type Context, canRedraw, sizeOf, stylesFor } from "./context.ts";
import { duration, significant } from "./text.ts";

export interface Progress {
  /** Of the model or, where it is named, of a fold. */
  onEpoch(epoch: Epoch, fold?: FoldPlace): void;
  /** Leaves the last state standing. */
  end(): void;
}

/** How many epochs there are to come at most. */
export interface ProgressOptions {
  readonly epochs: number;
}

const TERMINAL_SECONDS = 0.1;
/** Soon at first, then less often. */
const LOG_SECONDS = { least: 1, most: 5 };
const CLEAR_LINE = "\u001b[K";
/** From these on, curves are drawn. */
const WIDE = { columns: 100, rows: 16 };
const CHART = { width: 110, height: 6 };
const BAR = { least: 4, most: 30 };

type World = Pick<Context, "stderr" | "env">;

/** Each fold has a line of its own. */
export function createProgress(world: World, options: ProgressOptions): Progress {
  let shown = { fold: 0, progress: singleProgress(world, { ...options, label: "" }) };
  return {
    onEpoch(epoch, place) {
      const fold = place?.fold ?? 0;
      if (fold !== shown.fold) {
        shown.progress.end();
        const label = `fold ${fold}/${place?.folds}   `;
        shown = { fold, progress: singleProgress(world, { ...options, label }) };
      }
      shown.progress.onEpoch(epoch);
    },
    end: () => shown.progress.end(),
  };
}

type Single = ProgressOptions & { readonly label: string };

const singleProgress = (world: World, options: Single): Progress =>
  canRedraw(world.stderr, world) ? drawnProgress(world, options) : loggedProgress(world, options);

/** `epoch 51/200   cost 0.01961   validation 0.5   5.0 s, 14 s left` */
function loggedProgress({ stderr }: World, { epochs, label }: Single): Progress {
  let shown = 0;
  let last: Epoch | undefined;
  const show = (epoch: Epoch, isLast: boolean) => {
    const parts = [
      `${label}epoch ${epoch.epoch}/${epochs}`,
      ...costs(epoch).map(([name, cost]) => `${name} ${significant(cost)}`),
      duration(epoch.seconds) + (isLast ? "" : `, ${timeLeft(epoch, epochs)}`),
    ];
    stderr.write(`${parts.join("   ")}\n`);
    shown = epoch.seconds;
  };
  return {
    onEpoch(epoch) {
      last = epoch;
      const pause = Math.min(Math.max(shown, LOG_SECONDS.least), LOG_SECONDS.most);
      if (epoch.seconds - shown >= pause) show(epoch, false);
    },
    end() {
      if (last !== undefined && last.seconds !== shown) show(last, true);
    },
  };
}

function drawnProgress(world: World, { epochs, label }: Single): Progress {
  const { stderr } = world;
  const styles = stylesFor(stderr, world);
  const curves = { training: [] as number[], validation: [] as number[] } satisfies Curves;
  let shown = Number.NEGATIVE_INFINITY;
  let last: Epoch | undefined;
  let height = 0;
  stderr.write("training …");

  const show = (epoch: Epoch, isLast: boolean) => {
    const { columns, rows } = sizeOf(stderr);
    const isWide = columns >= WIDE.columns && rows >= WIDE.rows && curves.training.length > 1;
    const width = Math.min(CHART.width, columns - 1);
    const lines = isWide ? chartLines(curves, { ...CHART, width, styles }) : [];
    lines.push(barLine(epoch, { epochs, label, isLast, styles, width: columns - 1 }));

    const toTop = height > 1 ? `\u001b[${height - 1}A` : "";
    stderr.write(`\r${toTop}${lines.map((line) => line + CLEAR_LINE).join("\n")}`); // in one piece
    height = lines.length;
    shown = epoch.seconds;
  };
  return {
    onEpoch(epoch) {
      last = epoch;
      curves.training.push(epoch.cost);
      if (epoch.validationCost !== undefined) curves.validation.push(epoch.validationCost);
      const isLast = epoch.epoch === epochs;
      if (isLast || epoch.seconds - shown >= TERMINAL_SECONDS) show(epoch, isLast);
    },
    end() {
      if (last !== undefined) show(last, true);
      stderr.write(last === undefined ? `\r${CLEAR_LINE}` : "\n");
    },
  };
}

/** `epoch  57/200 ━━━━━─────────────  cost 0.1235    validation 0.2346    8.1 s left` */
function barLine(
  epoch: Epoch,
  options: Single & {
    isLast: boolean;
    styles: ReturnType<typeof stylesFor>;
    width: number;
  },
): string {
  const { epochs, label, isLast, styles, width } = options;
  const count = `${label}epoch ${String(epoch.epoch).padStart(String(epochs).length)}/${epochs}`;
  const figures = costs(epoch).map(([name, cost]) => `${name} ${figure(cost).padEnd(8)}`);
  const time = isLast ? duration(epoch.seconds) : timeLeft(epoch, epochs);
  const text = [...figures, time.padEnd("≤ 59 s left".length)].join("  ");

  const room = Math.min(width - count.length - text.length - 3, BAR.most);
  if (room < BAR.least) return `${count}  ${text}`.slice(0, width).trimEnd();
  const done = Math.round((epoch.epoch / epochs) * room);
  const bar = styles.cyan("━".repeat(done)) + styles.dim("─".repeat(room - done));
  return `${count} ${bar}  ${text.trimEnd()}`;
}

const costs = ({ cost, validationCost }: Epoch): (readonly [name: string, cost: number])[] => [
  ["cost", cost],
  ...(validationCost === undefined ? [] : [["validation", validationCost] as const]),
];

/** With validation rows the training may well end earlier. */
function timeLeft({ epoch, seconds, validationCost }: Epoch, epochs: number): string {
  const bound = validationCost === undefined ? "" : "≤ ";
  return `${bound}${duration((seconds / epoch) * (epochs - epoch))} left`;
}

/** Of one width as long as the size does not change, so that nothing jumps. */
const figure = (x: number): string => (Math.abs(x) < 0.001 ? x.toExponential(2) : x.toPrecision(4));
