/** The caller's side, held against a worker that answers what a test tells it to. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { network, type TrainingOptions, train } from "nabla";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Host } from "../../src/host/host.ts";
import type { Message, Question } from "../../src/host/protocol.ts";
import { data, definition, snapshot } from "../train/training.ts";

const { stub } = vi.hoisted(() => ({ stub: { log: [] as string[], host: {} as unknown } }));
vi.mock("#host", () => ({
  host: {
    turn: () => new Promise((resolve) => setImmediate(resolve)),
    startWorker: (l: unknown) => (stub.host as Host).startWorker(l as never),
  },
}));

type Hear = (question: Question, listener: Parameters<Host["startWorker"]>[0]) => void;

/** A worker that does this when it is asked; the log says what was asked of it. */
function worker(hear: Hear): void {
  const { log } = stub;
  const host: Pick<Host, "startWorker"> = {
    startWorker: async (listener) => ({
      post(given) {
        const message = given as Message;
        log.push(message.kind);
        if ("parameters" in message) queueMicrotask(() => hear(message as Question, listener));
      },
      hold: (stays) => log.push(stays ? "hold" : "let go"),
      end: () => log.push("end"),
    }),
  };
  stub.host = host;
}

const epoch = { epoch: 1, step: 1, cost: 2, seconds: 0, learningRate: 1 };
const result = { epochs: 1, steps: 1, stopped: "epochs" } as const;

/** One that yields the same epoch for ever; `return` makes all parameters 7. */
const endless: Hear = ({ kind, parameters }, { hear }) => {
  if (kind === "return") hear({ parameters: parameters.fill(7), outcome: { done: true } });
  else hear({ parameters, outcome: { done: false, value: epoch } });
};

const start = (net = network(definition), options: TrainingOptions = {}) =>
  train(net, data, { ...options, worker: true });

beforeEach(() => {
  stub.log.length = 0;
});

describe("the caller of a worker", () => {
  test("starts none before the first epoch is asked for", async () => {
    worker(endless);
    const training = start();
    await Promise.resolve();
    expect(stub.log).toEqual([]);
    await training.return(result);
    expect(stub.log).toEqual([]);
  });

  test("takes the parameters of a break from it, and ends it", async () => {
    worker(endless);
    const net = network(definition);
    for await (const got of start(net)) {
      expect(got).toEqual(epoch);
      break;
    }
    const asked = (kind: string) => ["hold", kind, "let go"];
    expect(stub.log).toEqual(["start", ...asked("next"), ...asked("return"), "end"]);
    for (const values of net.parameters.values()) expect(new Set(values)).toEqual(new Set([7]));
  });

  test("passes an abort on while the training lasts, and no longer", async () => {
    const controller = new AbortController();
    worker(({ parameters }, { hear }) => {
      controller.abort();
      hear({ parameters, outcome: { done: true, value: result } });
    });
    const { signal } = controller;
    expect(await start(network(definition), { signal }).next()).toEqual({
      done: true,
      value: result,
    });
    expect(stub.log).toEqual(["start", "hold", "next", "abort", "let go", "end"]);

    const late = new AbortController();
    worker(({ parameters }, { hear }) =>
      hear({ parameters, outcome: { done: true, value: result } }),
    );
    stub.log.length = 0;
    await start(network(definition), { signal: late.signal }).next();
    late.abort();
    expect(stub.log).toEqual(["start", "hold", "next", "let go", "end"]);
  });

  const remedy =
    "leave worker: true out, or see that host/worker.js is served beside nabla's files";
  const failure = (reason: string) =>
    expect.objectContaining({
      ...{ name: "NablaError", code: "io" },
      message: `the worker of the training failed: ${reason}; ${remedy}`,
    });

  test("says so where it ends by itself, and keeps the parameters", async () => {
    worker((_, { fail }) => fail("it ended with exit code 1"));
    const net = network(definition);
    const before = snapshot(net);
    await expect(start(net).next()).rejects.toEqual(failure("it ended with exit code 1"));
    expect(net.parameters).toEqual(before);
    expect(stub.log).toEqual(["start", "hold", "next", "let go", "end"]);
  });

  test("says so where it has ended between two epochs", async () => {
    let ends = (_: string): void => {};
    worker((question, listener) => {
      ends = listener.fail;
      endless(question, listener);
    });
    const training = start();
    await training.next();
    ends("out of memory");
    await expect(training.next()).rejects.toEqual(failure("out of memory"));
  });

  test("says so where it cannot be started", async () => {
    stub.host = { startWorker: () => Promise.reject(new TypeError("no such script")) };
    await expect(start().next()).rejects.toEqual(failure("TypeError: no such script"));
  });

  test("throws an error that is none of nabla's as it came", async () => {
    const error = new RangeError("of the engine");
    worker(({ parameters }, { hear }) => hear({ parameters, failure: { error } }));
    await expect(start().next()).rejects.toBe(error);
  });

  test("ends it where the generator is forgotten", async () => {
    worker(endless);
    await start().next();
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    await vi.waitFor(() => {
      collect();
      expect(stub.log).toContain("end");
    });
  });
});
