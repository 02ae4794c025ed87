/** How far a pass over a long table is, on stderr: in place on a terminal, else a line now and then. */

import type { RowsRead } from "nabla";
import { type Context, canRedraw, sizeOf } from "./context.ts";
import { whole } from "./figures.ts";

export interface ReadingProgress {
  onRows(read: RowsRead): void;
  /** Takes the last line away. */
  end(): void;
}

/** ms */
const PAUSE = { terminal: 100, log: 5000 };
const CLEAR_LINE = "\r\u001b[K";

export function createReading({ stderr, env }: Pick<Context, "stderr" | "env">): ReadingProgress {
  const redraws = canRedraw(stderr, { env });
  const pause = redraws ? PAUSE.terminal : PAUSE.log;
  let begun = { at: performance.now(), rows: 0 };
  let shown = begun.at;
  let last = 0;
  let isShown = false;
  return {
    onRows(read) {
      const now = performance.now();
      if (read.rows < last) begun = { at: now, rows: read.rows }; //  another pass
      last = read.rows;
      if (now - shown < pause) return;
      shown = now;
      const text = lineOf(read, rateOf(read.rows - begun.rows, now - begun.at));
      isShown = redraws;
      stderr.write(redraws ? CLEAR_LINE + text.slice(0, sizeOf(stderr).columns - 1) : `${text}\n`);
    },
    end() {
      if (isShown) stderr.write(CLEAR_LINE);
      isShown = false;
    },
  };
}

const rateOf = (rows: number, ms: number): number => (ms > 0 ? (1000 * rows) / ms : 0);

/** `looking at the columns: 1,245,184 of 3,000,000 rows, 1,020,000 a second` */
function lineOf({ stage, rows, of }: RowsRead, rate: number): string {
  const what = { statistics: "looking at the columns", training: "reading to train" }[stage];
  const perSecond = rate > 0 ? `, ${whole(Number(rate.toPrecision(3)))} a second` : "";
  return `${what}: ${whole(rows)} of ${whole(of)} rows${perSecond}`;
}
