/** Threads that share the trials of a search. Which thread runs a trial does not show in its result. */

import { existsSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { inTurn, NablaError, type TrialData, type TrialResult, type TrialTask } from "nabla";
import type { Answer } from "./worker.ts";

export interface Pool {
  /** Waits for a thread that is free. Rejects where the pool has ended. */
  run(task: TrialTask): Promise<TrialResult>;
  end(): Promise<void>;
}

/** Beside the command, as it is built. The sources have none: there trials take turns in this thread. */
const file = new URL("./tune-worker.js", import.meta.url);

export const startPool = (
  data: TrialData,
  { workers, signal }: { workers: number; signal?: AbortSignal | undefined },
): Pool =>
  workers > 1 && existsSync(file) ? threads(data, { workers, signal }) : turns(data, signal);

function turns(data: TrialData, signal: AbortSignal | undefined): Pool {
  const run = inTurn(signal);
  return { run: (task) => run(task, data), end: async () => {} };
}

interface Job {
  readonly task: TrialTask;
  readonly resolve: (result: TrialResult) => void;
  readonly reject: (error: unknown) => void;
}

function threads(
  data: TrialData,
  { workers, signal }: { workers: number; signal: AbortSignal | undefined },
): Pool {
  const waiting: Job[] = [];
  const idle: Worker[] = [];
  const busy = new Map<Worker, Job>();
  const all = new Set<Worker>();
  let ended: unknown;

  const endAll = async (reason: unknown): Promise<void> => {
    ended ??= reason;
    for (const { reject } of [...waiting.splice(0), ...busy.values()]) reject(ended);
    busy.clear();
    await Promise.all(Array.from(all, (worker) => worker.terminate()));
  };
  const start = (): Worker => {
    // Without the flags of this process: they are about its own code
    const worker = new Worker(file, { workerData: data, execArgv: [] });
    all.add(worker);
    worker.on("message", (answer: Answer) => {
      const job = busy.get(worker);
      busy.delete(worker);
      idle.push(worker);
      if ("result" in answer) job?.resolve(answer.result);
      else job?.reject(errorOf(answer.failure));
      next();
    });
    worker.on("error", endAll);
    worker.on("exit", (code) => void endAll(new Error(`a thread ended with exit code ${code}`)));
    return worker;
  };
  const next = (): void => {
    while (waiting.length > 0 && ended === undefined) {
      const worker = idle.pop() ?? (all.size < workers ? start() : undefined);
      if (worker === undefined) return;
      const job = waiting.shift()!;
      busy.set(worker, job);
      worker.postMessage(job.task);
    }
  };
  signal?.addEventListener("abort", () => void endAll(signal.reason), { once: true });

  return {
    run: (task) =>
      new Promise((resolve, reject) => {
        if (ended !== undefined) return reject(ended);
        waiting.push({ task, resolve, reject });
        next();
      }),
    end: () => endAll(new Error("the search has ended")),
  };
}

const errorOf = ({ message, code, details }: Extract<Answer, { failure: object }>["failure"]) =>
  code === undefined ? new Error(message) : new NablaError(code, message, details);
