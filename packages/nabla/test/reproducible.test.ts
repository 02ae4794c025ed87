/**
 * With `reproducible` a training has the same bits in every engine: those that are stored here. Relaxed
 * SIMD, which all but Node 20 have, must stay unused.
 */

import { expect, test } from "vitest";
import { engines } from "./engines/engines.ts";

const stored = {
  "a classifier with Adam": "c31f7bed381f0492",
  "a regression with Nesterov momentum": "07acb90f2e6f40c5",
  "a float64 network of every kind of curve": "55bd8d71406cf05b",
  "a dropout mask": "bcdf5358e375a100",
  "an embedding": "97983c0347ba372a",
};

test.each([...engines])("five trainings end with the stored bits in %s", async (_, run) => {
  expect(await run("trainings")).toEqual(stored);
});
