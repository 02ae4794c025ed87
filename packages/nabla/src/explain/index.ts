/** `nabla/explain`: the derivation of a network as data and as a page, and the checks of it. */

export {
  type CheckedElement,
  type CheckedParameter,
  type CheckOptions,
  type CheckResult,
  check,
  type Kink,
} from "./check.ts";
export { type ClaimResult, claim, type NamedSlip } from "./claim.ts";
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
export { type DeriveOptions, derive } from "./derive.ts";
export { deriveGeneral } from "./general.ts";
export { type RandomData, randomData } from "./random-data.ts";
export {
  type EquationOptions,
  type Format,
  type Notation,
  type TypesetOptions,
  typeset,
  typesetEquation,
} from "./typeset/typeset.ts";
export {
  type GivenRow,
  parseRow,
  typesetWorked,
  type WorkedExample,
  type WorkedLine,
  type WorkedOptions,
  type WorkedPageOptions,
  type WorkedSection,
  workedExample,
} from "./worked.ts";
