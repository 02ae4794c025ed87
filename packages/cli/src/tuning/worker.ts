/** A thread that runs trials, one for each message; their data comes with its start. */

import { parentPort, workerData } from "node:worker_threads";
import { NablaError, runTrial, type TrialData, type TrialResult, type TrialTask } from "nabla";

/** What is sent back; an error that users see keeps its parts. */
export type Answer =
  | { readonly result: TrialResult }
  | { readonly failure: { message: string; code?: NablaError["code"]; details?: object } };

parentPort?.on("message", async (task: TrialTask) => {
  parentPort?.postMessage(await answer(task));
});

async function answer(task: TrialTask): Promise<Answer> {
  try {
    return { result: await runTrial(task, workerData as TrialData) };
  } catch (error) {
    if (error instanceof NablaError) {
      const { message, code, details } = error;
      return { failure: { message, code, details } };
    }
    return { failure: { message: error instanceof Error ? error.message : String(error) } };
  }
}
