/**
 * With `reproducible` a training has the same bits in every engine: those that are stored here. Relaxed
 * SIMD, which all but Node 20 have, must stay unused.
 */

import { expect, test } from "vitest";
import { engines } from "./engines/engines.ts";

const stored = {
  "a classifier with Adam": "984c4156dc574bbc",
  "a regression with Nesterov momentum": "52162e4343fbc550",
  "a float64 network of every kind of curve": "09d0174407211092",
  "a dropout mask": "8e53e6fbc5f09f25",
  "an embedding": "6b01395743ff955c",
};

test.each([...engines])("five trainings end with the stored bits in %s", async (_, run) => {
  expect(await run("trainings")).toEqual(stored);
});
