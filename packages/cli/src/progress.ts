/** How training goes, on stderr: one line rewritten in place on a terminal, else a line now and then. */

import type { Writable } from "node:stream";
import type { Epoch } from "nabla";
import { isTerminal } from "./context.ts";
import { significant } from "./text.ts";

export interface Progress {
  onEpoch(epoch: Epoch): void;
  /** Leaves the last line standing. */
  end(): void;
}

const TERMINAL_SECONDS = 0.1;
const LOG_SECONDS = 5;
const CLEAR_TO_END = "\u001b[K";

export function createProgress(stderr: Writable): Progress {
  const terminal = isTerminal(stderr);
  const pause = terminal ? TERMINAL_SECONDS : LOG_SECONDS;
  let shown = terminal ? Number.NEGATIVE_INFINITY : 0;
  let last: Epoch | undefined;
  let open = false;

  const show = (epoch: Epoch) => {
    stderr.write(terminal ? `\r${epochLine(epoch)}${CLEAR_TO_END}` : `${epochLine(epoch)}\n`);
    shown = epoch.seconds;
    open = true;
  };
  return {
    onEpoch(epoch) {
      last = epoch;
      if (epoch.seconds - shown >= pause) show(epoch);
    },
    end() {
      if (last !== undefined && last.seconds !== shown) show(last);
      if (terminal && open) stderr.write("\n");
    },
  };
}

function epochLine({ epoch, cost, validationCost, seconds }: Epoch): string {
  const parts = [
    `epoch ${epoch}`,
    `cost ${significant(cost)}`,
    ...(validationCost === undefined ? [] : [`validation ${significant(validationCost)}`]),
    `${seconds.toFixed(1)} s`,
  ];
  return parts.join("   ");
}
