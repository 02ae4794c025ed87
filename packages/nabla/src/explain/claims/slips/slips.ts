/**
 * The slips that derivations by hand are known for. Each is a rewriting of the derived tree, and a
 * sentence about it; which of them a claim has made is found by comparing numbers, never text.
 */

import {
  extraFactor,
  flippedSign,
  keptPower,
  missingCase,
  missingFactor,
  missingTerm,
  otherNumber,
} from "./algebra.ts";
import {
  extraPrime,
  forgottenPrime,
  primeOfValue,
  valueForPrime,
  wrongActivation,
} from "./functions.ts";
import { forgottenSum, keptSum, transposed, wrongIndex } from "./indices.ts";
import type { Slip } from "./slip.ts";
import { updatedWeights, valueForArgument, wrongLayer, wrongTensor } from "./tensors.ts";

/** The likelier first: the first that explains a claim is told. */
export const slips: readonly Slip[] = [
  forgottenPrime,
  primeOfValue,
  valueForPrime,
  transposed,
  forgottenSum,
  missingCase,
  missingTerm,
  keptSum,
  updatedWeights,
  wrongLayer,
  valueForArgument,
  flippedSign,
  missingFactor,
  extraPrime,
  wrongActivation,
  keptPower,
  otherNumber,
  extraFactor,
  wrongIndex,
  wrongTensor,
];

/** Those that are looked for two at a time. */
export const commonSlips: readonly Slip[] = [
  forgottenPrime,
  primeOfValue,
  transposed,
  forgottenSum,
  keptSum,
  wrongLayer,
  flippedSign,
  missingFactor,
];
