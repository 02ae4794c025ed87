/** A worker that is asked one question at a time; the process stays alive for the answer. */

import { host } from "#host";
import type { Floats } from "../equations/memory.ts";
import { NablaError } from "../errors.ts";
import type { Answer, Message, Question } from "./protocol.ts";

export interface TrainingWorker {
  tell(message: Message, moved?: readonly Floats[]): void;
  ask(question: Question): Promise<Answer>;
  end(): void;
}

/** @throws NablaError with the code "io" where the worker cannot be started, or ends by itself */
export async function startWorker(): Promise<TrainingWorker> {
  let failure: NablaError | undefined;
  let asked: { answer(heard: Answer): void; fail(error: NablaError): void } | undefined;
  const fail = (reason: string): void => {
    failure ??= workerFailure(reason);
    asked?.fail(failure);
  };
  const thread = await host
    .startWorker({ hear: (heard) => asked?.answer(heard as Answer), fail })
    .catch((error: unknown) => {
      throw workerFailure(String(error));
    });
  return {
    tell: thread.post,
    async ask(question) {
      if (failure !== undefined) throw failure;
      thread.hold(true);
      try {
        return await new Promise((answer, fail) => {
          asked = { answer, fail };
          thread.post(question, [question.parameters]);
        });
      } finally {
        thread.hold(false);
      }
    },
    end: thread.end,
  };
}

function workerFailure(reason: string): NablaError {
  const remedy =
    "leave worker: true out, or see that host/worker.js is served beside nabla's files";
  return new NablaError("io", `the worker of the training failed: ${reason}; ${remedy}`, {
    ...{ where: "worker", expected: "a worker that runs", got: reason, remedy },
  });
}
