/**
 * `nabla/explain`: the derivation of a network as data and as a page, and the checks of it. The data are in
 * `derivation.ts`; the rooms import only what stands to their left, and `check/` none of the others:
 *
 *     proof ← chains ← derive ← claims
 *                      derive, typeset ← worked
 */

export {
  type CheckedElement,
  type CheckedParameter,
  type CheckOptions,
  type CheckResult,
  check,
  type Kink,
} from "./check/check.ts";
export { type RandomData, randomData } from "./check/random-data.ts";
export { type ClaimResult, claim, type NamedSlip } from "./claims/claim.ts";
export type { Counterexample } from "./claims/counterexample.ts";
export type {
  Chain,
  Derivation,
  FunctionSymbol,
  Link,
  Rule,
  Section,
  Symbols,
  TensorSymbol,
  Verified,
} from "./derivation.ts";
export { type DeriveOptions, derive } from "./derive/derive.ts";
export { deriveGeneral } from "./derive/general.ts";
export {
  type EquationOptions,
  type Format,
  type Notation,
  type TypesetOptions,
  typeset,
  typesetEquation,
} from "./typeset/typeset.ts";
export type { WorkedLine } from "./worked/lines.ts";
export { typesetWorked, type WorkedPageOptions } from "./worked/page.ts";
export { type GivenRow, parseRow } from "./worked/row.ts";
export {
  type WorkedExample,
  type WorkedOptions,
  type WorkedSection,
  workedExample,
} from "./worked/worked.ts";
