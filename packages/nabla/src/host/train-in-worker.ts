/** A training in a worker, seen from outside: the generator that it would be without. */

import { host } from "#host";
import type { Data } from "../data.ts";
import type { Engine } from "../engine.ts";
import { type Floats, newFloats } from "../equations/memory.ts";
import { internalsOf, type Network } from "../running.ts";
import type { Training } from "../train/loop.ts";
import type { Plan, TrainingOptions } from "../train/options.ts";
import { errorOf, type FlatData, type Question, type Settings } from "./protocol.ts";
import { startWorker, type TrainingWorker } from "./training-worker.ts";

/**
 * What `trainingLoop` gives, without a step in this thread. All has been checked.
 * @throws NablaError with the code "io" where the worker cannot be started, or ends by itself
 */
export function trainInWorker(net: Network, plan: Plan, options: TrainingOptions): Training {
  const { engine } = internalsOf(net);
  const { validation: _, signal: __, worker: ___, ...others } = options;
  const settings: Settings = {
    definition: { ...net.definition, backend: net.backend },
    options: { ...others, reproducible: !engine.backend.fused }, //  also where an earlier training was
  };
  const own: Own = { settings: JSON.stringify(settings) };
  const training = askingLoop(engine, plan, own);
  forgotten.register(training, own);
  return training;
}

interface Own {
  readonly settings: string;
  worker?: TrainingWorker;
}

/** Where a loop is left without `break`, its worker ends with the generator. */
const forgotten = new FinalizationRegistry(({ worker }: Own) => worker?.end());

async function* askingLoop(engine: Engine, plan: Plan, own: Own): Training {
  const worker = await startWorker();
  own.worker = worker;
  let parameters: Floats = engine.parameters.view().slice();
  const ask = async (kind: Question["kind"]) => {
    parameters.set(engine.parameters.view());
    const answer = await worker.ask({ kind, parameters });
    ({ parameters } = answer);
    engine.parameters.view().set(parameters);
    if ("failure" in answer) throw errorOf(answer.failure);
    return answer.outcome;
  };
  const abort = () => worker.tell({ kind: "abort" });

  try {
    const data = await copyOf((await plan.windows.next()) as Data);
    const validation = plan.validation && (await copyOf(plan.validation));
    const start = { kind: "start", settings: own.settings, data, validation } as const;
    worker.tell(start, [...data.values(), ...(validation?.values() ?? [])]);
    plan.signal?.addEventListener("abort", abort);
    if (plan.signal?.aborted) abort();
    for (;;) {
      const { done, value } = await ask("next");
      if (done) return value;
      let isLeft = true;
      try {
        yield value;
        isLeft = false;
      } finally {
        if (isLeft) await ask("return"); //  with patience the best parameters come back
      }
    }
  } finally {
    plan.signal?.removeEventListener("abort", abort);
    worker.end();
  }
}

/** A copy, for the caller keeps its own arrays and these move. */
async function copyOf({ values }: Data): Promise<FlatData> {
  const copies = new Map<string, Floats>();
  for (const [tensor, flat] of values) copies.set(tensor.name, await copyInParts(flat));
  return copies;
}

/** Numbers that are copied without giving way: some milliseconds. */
const PART = 2 ** 20;

async function copyInParts(values: Floats): Promise<Floats> {
  if (values.length <= PART) return values.slice();
  const precision = values instanceof Float32Array ? "float32" : "float64";
  const copy = newFloats(precision, values.length);
  for (let from = 0; from < values.length; from += PART) {
    copy.set(values.subarray(from, from + PART), from);
    await host.turn();
  }
  return copy;
}
