/** A line on a terminal that says what is going on, while it takes long enough to ask. */

import { type Context, canRedraw, sizeOf } from "./context.ts";
import { visible } from "./text.ts";

const PATIENCE = 300; // ms

/** Waits for the work. */
export async function during<T>(
  work: Promise<T>,
  { what, context }: { what: string; context: Pick<Context, "stderr" | "env"> },
): Promise<T> {
  const { stderr } = context;
  if (!canRedraw(stderr, context)) return work;
  let shown = false;
  const timer = setTimeout(() => {
    shown = true;
    stderr.write(`${visible(what).slice(0, sizeOf(stderr).columns - 3)} …`);
  }, PATIENCE);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
    if (shown) stderr.write("\r\u001b[K");
  }
}
