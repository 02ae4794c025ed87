import { beforeAll, describe, expect, test } from "vitest";
import { NablaError } from "../../src/errors.ts";
import { loadCheckpoint, saveCheckpoint } from "../../src/files/checkpoint.ts";
import { sealed } from "../../src/files/checksum.ts";
import { loadModel } from "../../src/files/model.ts";
import {
  readSafetensors,
  type Safetensors,
  writeSafetensors,
} from "../../src/files/safetensors.ts";
import { adam, lbfgs } from "../../src/functions/optimizers.ts";
import { onPlateau } from "../../src/functions/schedules.ts";
import { dense, network } from "../../src/network.ts";
import type { TableCheckpoint } from "../../src/tables/resume.ts";
import type { TrainingOptions } from "../../src/train/options.ts";
import type { TrainingState } from "../../src/train/state.ts";
import { train } from "../../src/train/train.ts";
import { everything, trained } from "../tables/checkpointed.ts";

const inputs = Float64Array.from({ length: 20 }, (_, i) => Math.cos(i));
const targets = Float64Array.from({ length: 20 }, (_, i) => Math.cos(i + 1));

/** The last state of a short training. */
async function stateOf(options: TrainingOptions): Promise<TrainingState> {
  const layers = [dense(2, "tanh"), dense(1)];
  const net = network({ inputs: 1, layers, cost: "squared-error", seed: 1, precision: "float64" });
  const states: TrainingState[] = [];
  const checkpoint = {
    every: { steps: 2 },
    save: (state: TrainingState) => void states.push(state),
  };
  const data = { inputs, targets };
  for await (const _ of train(net, data, { epochs: 3, ...options, checkpoint }));
  return states.at(-1)!;
}

let table: TableCheckpoint;
let bytes: Uint8Array;

beforeAll(async () => {
  const { checkpoints } = await trained({ ...everything, hidden: [2], epochs: 2 });
  table = checkpoints.at(-1)!;
  bytes = saveCheckpoint(table);
});

function refused(damaged: Uint8Array): NablaError {
  try {
    loadCheckpoint(damaged);
  } catch (error) {
    if (error instanceof NablaError && error.code === "data") return error;
    throw error;
  }
  throw new Error("it was read");
}

/** The file with some of its texts and tensors replaced, and sealed again. */
function changed(change: {
  metadata?: Readonly<Record<string, string | undefined>>;
  tensors?: Safetensors["tensors"];
}): Uint8Array {
  const { tensors, metadata } = readSafetensors(bytes);
  const texts = Object.entries({ ...metadata, ...change.metadata });
  const file = {
    tensors: new Map([...tensors, ...(change.tensors ?? [])]),
    metadata: Object.fromEntries(
      texts.filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  };
  return writeSafetensors({ ...file, metadata: sealed(file) });
}

const withCounters = (fields: object) =>
  changed({ metadata: { counters: JSON.stringify({ ...table.state.counters, ...fields }) } });

describe("a checkpoint", () => {
  test("of a table's training comes back as it was", () => {
    expect(loadCheckpoint(bytes)).toEqual(table);
    expect(table.history).toHaveLength(table.state.counters.epoch);
    expect([...table.state.arrays.keys()]).toEqual(["parameters", "slot m", "slot s", "best"]);
  });

  test.each<[string, TrainingOptions]>([
    ["adam", { optimizer: adam() }],
    ["lbfgs", { optimizer: lbfgs() }],
    ["a schedule with a memory", { schedule: onPlateau({ patience: 1 }) }],
    ["early stopping", { validation: { inputs, targets }, patience: 2 }],
  ])("of a network's training with %s comes back as it was", async (_, options) => {
    const state = await stateOf(options);
    expect(loadCheckpoint(saveCheckpoint(state))).toEqual(state);
  });

  test("keeps costs that are not finite", () => {
    const odd = { epoch: 1, step: 2, cost: Number.NaN, validationCost: Number.POSITIVE_INFINITY };
    const history = [{ ...odd, seconds: 0.5, learningRate: 0.1 }];
    expect(
      (loadCheckpoint(saveCheckpoint({ ...table, history })) as TableCheckpoint).history,
    ).toEqual(history);
    const none = loadCheckpoint(saveCheckpoint({ ...table, history: [] })) as TableCheckpoint;
    expect(none.history).toEqual([]);
  });

  test("is no model", () => {
    expect(() => loadModel(bytes)).toThrow(
      'model file: expected the format "nabla" in its metadata, got "nabla checkpoint"',
    );
  });
});

describe("damage", () => {
  test("of every single bit is detected", () => {
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const damaged = bytes.slice();
      damaged[bit >>> 3]! ^= 1 << (bit & 7);
      refused(damaged);
    }
  });

  test("by every truncation is detected", () => {
    for (let length = 0; length < bytes.length; length++) refused(bytes.subarray(0, length));
  });

  test.each([
    ["zeros in place of a page", 512],
    ["a page of another place", 1024],
  ])("%s are detected", (_, at) => {
    const damaged = bytes.slice();
    damaged.set(at === 512 ? new Uint8Array(512) : bytes.subarray(0, 512), at);
    refused(damaged);
  });
});

describe("a file that is sealed, and no checkpoint,", () => {
  test.each<[string, () => Uint8Array, string]>([
    [
      "of a model",
      () => changed({ metadata: { format: "nabla" } }),
      'checkpoint: expected the format "nabla checkpoint" in its metadata, got "nabla"',
    ],
    [
      "of a newer format",
      () => changed({ metadata: { versions: '{"format":2,"nabla":"9.0.0"}' } }),
      "checkpoint, versions.format: expected 1, got 2",
    ],
    [
      "with an unknown part",
      () => changed({ metadata: { code: "" } }),
      'expected the parts format, versions, counters, checksum, network, schema, origin, got "code"',
    ],
    [
      "without a schema",
      () => changed({ metadata: { schema: undefined } }),
      "checkpoint: expected a part schema, got none",
    ],
    [
      "without counters",
      () => changed({ metadata: { counters: undefined } }),
      "checkpoint: expected a part counters, got none",
    ],
    [
      "with another counter",
      () => withCounters({ eta: 1 }),
      'checkpoint, counters: expected the fields step, epoch, batch, batches, optimizer, updates, total, skipped, seconds, best, plateau, lbfgs, got "eta" too',
    ],
    [
      "with half a step",
      () => withCounters({ step: 0.5 }),
      "checkpoint, counters.step: expected an integer in [0, 2⁵³), got 0.5",
    ],
    [
      "with an unknown optimiser",
      () => withCounters({ optimizer: "adan" }),
      'checkpoint, counters: unknown optimizer "adan"; did you mean "adam"?',
    ],
    [
      "with a prototype's name",
      () => changed({ metadata: { origin: '{"options":{"__proto__":1}}' } }),
      'checkpoint, origin, "options", byte 12: expected another name, got "__proto__"',
    ],
    [
      "with an array of integers",
      () =>
        changed({
          tensors: new Map([["best", { dtype: "I8", shape: [1], data: Int8Array.of(1) }]]),
        }),
      'checkpoint, tensor "best": expected F32 or F64 [length], got I8 [1]',
    ],
    [
      "with a history of another width",
      () =>
        changed({
          tensors: new Map([
            ["history", { dtype: "F64", shape: [1, 4], data: new Float64Array(4) }],
          ]),
        }),
      'checkpoint, tensor "history": expected F64 [epochs, 5 or 6], got F64 [1, 4]',
    ],
  ])("%s, is refused", (_, make, message) => {
    expect(refused(make()).message).toContain(message);
  });
});
