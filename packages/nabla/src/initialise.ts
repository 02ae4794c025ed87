/** How the parameters of a network start: drawn from their own streams, or as they are given. */

import type { UniformDraw } from "./backend.ts";
import { check } from "./checks.ts";
import type { Engine, Segment } from "./engine.ts";
import type { Floats } from "./equations/memory.ts";
import { unknownName } from "./errors.ts";
import { initializerOf } from "./functions/initializers.ts";
import { randomStream } from "./train/random.ts";

interface Start {
  /** An initialiser's name, or a number for every element. */
  readonly initial: Readonly<Record<string, string | number>>;
  /** Values that need not be drawn. */
  readonly known: ReadonlyMap<string, Floats>;
}

/** Each parameter from a stream of its own: adding one does not change the others. */
export function initialise(engine: Engine, seed: number, { initial, known }: Start): void {
  const names = [...engine.layout.keys()].map((tensor) => tensor.name);
  for (const name of Object.keys(initial)) {
    if (!names.includes(name)) throw unknownName("parameter", name, names);
  }
  for (const [number, [tensor, part]] of [...engine.layout].entries()) {
    const shape = tensor.shape as readonly number[];
    const start = initial[tensor.name] ?? (shape.length > 1 ? "glorot-uniform" : "zeros");
    if (typeof start === "number") checkInitial(tensor.name, start);
    const initializer = typeof start === "number" ? { value: start } : initializerOf(start);
    const values = engine.parameters.view().subarray(part.start, part.end);
    const kept = known.get(tensor.name);
    if (kept !== undefined) values.set(kept);
    else if ("value" in initializer) values.fill(initializer.value);
    else {
      const out = shape[0] ?? 1;
      const variance = initializer.variance({ in: values.length / out, out });
      if (initializer.distribution === "normal") {
        const random = randomStream(seed, "initialisation", number);
        const deviation = Math.sqrt(variance);
        for (let i = 0; i < values.length; i++) values[i] = deviation * random.normal();
      } else drawUniform(engine, part, { seed, number, limit: Math.sqrt(3 * variance) });
    }
  }
}

/** Of fewer parameters, making the code that draws them takes longer than drawing them. */
const MANY = 8192;

/** Uniform over ±limit. */
function drawUniform(
  { backend, parameters }: Engine,
  { start, end }: Segment,
  draw: UniformDraw,
): void {
  if (backend.drawUniform !== undefined && parameters.length >= MANY) {
    backend.drawUniform(parameters, { start, end }, draw);
    return;
  }
  const { seed, number, limit } = draw;
  const random = randomStream(seed, "initialisation", number);
  const values = parameters.view();
  for (let i = start; i < end; i++) values[i] = limit * (2 * random.uniform() - 1);
}

function checkInitial(name: string, value: number): void {
  const expected = "a finite number or an initializer's name";
  check(`initial ${name}`, Number.isFinite(value), { expected, got: value });
}
