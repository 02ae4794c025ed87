/**
 * The activations, one line each: a formula in z, and the derivative that it claims, in z and the
 * value a. They are written in the language in which users write their own; the tests prove every
 * claim. Where z is NaN the value is NaN, never hidden by a comparison.
 */

import { type NamedFunction, variable } from "../equations/expression.ts";
import { parseFormula } from "../equations/parse.ts";
import type { Functions } from "../equations/scope.ts";
import { unknownName } from "../errors.ts";
import type { InitializerName } from "./initializers.ts";

export interface Activation {
  /** a = σ(z) */
  readonly value: string;
  /** σ′ in z and a = σ(z) */
  readonly derivative?: string;
  /** How weights that lead to it start, unless told otherwise. */
  readonly initializer: InitializerName;
}

const glorot = "glorot-uniform";
const he = "he-uniform";
const lecun = "lecun-uniform";

/** λ and λα of Klambauer et al., Self-normalizing neural networks (2017). */
const scale = 1.0507009873554805;
const scaleAlpha = 1.7580993408473766;

/** √(2/π)·(z + 0.044715 z³), of Hendrycks & Gimpel, Gaussian error linear units (2016). */
const gelu = "sqrt(2/pi)*(z + 0.044715*z^3)";

export const activations = {
  identity: { value: "z", derivative: "1", initializer: glorot },
  sigmoid: { value: "1/(1 + exp(-z))", derivative: "a*(1 - a)", initializer: glorot },
  tanh: { value: "tanh(z)", derivative: "1 - a^2", initializer: glorot },
  relu: { value: "select(z <= 0, 0, z)", derivative: "select(z <= 0, 0, 1)", initializer: he },
  "leaky-relu": {
    value: "select(z <= 0, 0.01*z, z)",
    derivative: "select(z <= 0, 0.01, 1)",
    initializer: he,
  },
  elu: {
    value: "select(z <= 0, expm1(z), z)",
    derivative: "select(z <= 0, a + 1, 1)",
    initializer: he,
  },
  selu: {
    value: `select(z <= 0, ${scaleAlpha}*expm1(z), ${scale}*z)`,
    derivative: `select(z <= 0, a + ${scaleAlpha}, ${scale})`,
    initializer: lecun,
  },
  gelu: {
    value: "z/2*(1 + erf(z/sqrt(2)))",
    derivative: "1/2*(1 + erf(z/sqrt(2))) + z*exp(-z^2/2)/sqrt(2*pi)",
    initializer: he,
  },
  "gelu-tanh": {
    value: `z/2*(1 + tanh(${gelu}))`,
    // Beyond z² = 100 the factor 1 − tanh² is 0, and z² must not become infinite beside it.
    derivative: `1/2*(1 + tanh(${gelu})) + z/2*(1 - tanh(${gelu})^2)*sqrt(2/pi)*(1 + 0.134145*min(z^2, 100))`,
    initializer: he,
  },
  silu: {
    value: "z*sigmoid(z)",
    derivative: "sigmoid(z)*(1 + z*(1 - sigmoid(z)))",
    initializer: he,
  },
  softplus: {
    value: "max(z, 0) + log1p(exp(-abs(z)))",
    derivative: "sigmoid(z)",
    initializer: he,
  },
  softsign: { value: "z/(1 + abs(z))", derivative: "1/(1 + abs(z))^2", initializer: glorot },
  "hard-sigmoid": {
    value: "select(z <= -3, 0, select(z >= 3, 1, z/6 + 1/2))",
    derivative: "select(z <= -3, 0, select(z >= 3, 0, 1/6))",
    initializer: glorot,
  },
  mish: { value: "z*tanh(softplus(z))", initializer: he },
  exp: { value: "exp(z)", derivative: "a", initializer: glorot },
} as const satisfies Record<string, Activation>;

/** The activations of one number, and softmax, which takes a whole row and is three equations. */
export type ActivationName = keyof typeof activations | "softmax";
export const activationNames = [...Object.keys(activations), "softmax"] as ActivationName[];

/** Functions of the costs that are worth a claim: the value in z and y, the derivative by z. */
const costFunctions: Readonly<Record<string, { value: string; derivative: string }>> = {
  // −y·log σ(z) − (1 − y)·log(1 − σ(z)), from z: never the logarithm of a rounded probability
  "binary-cross-entropy": {
    value: "max(z, 0) - y*z + log1p(exp(-abs(z)))",
    derivative: "sigmoid(z) - y",
  },
};

/** Names of the tables have hyphens, those in equation text cannot. */
const inText = (name: string): string => name.replaceAll("-", "_");

const cache = new Map<string, NamedFunction>();

/** A function of the table as text. */
export interface Formula {
  readonly variables: readonly string[];
  readonly value: string;
  /** In the variables and a, the value. */
  readonly derivative?: string;
}

/**
 * The formula that equation text calls by `name`; `leaky-relu` is written leaky_relu there.
 * Undefined for a name that is none of ours.
 */
export function formulaOf(name: string): Formula | undefined {
  const key = name.replaceAll("_", "-");
  if (Object.hasOwn(activations, key))
    return { variables: ["z"], ...activations[key as keyof typeof activations] };
  return Object.hasOwn(costFunctions, key)
    ? { variables: ["z", "y"], ...costFunctions[key]! }
    : undefined;
}

/** The activations of one number as equation text calls them: `leaky_relu`. */
export const pointwiseNames = (): string[] => Object.keys(activations).map(inText);

/** The function that equation text calls by `name`. A page that only predicts drops it. */
export const namedFunction: Functions = /* @__PURE__ */ withNames();

function withNames(): Functions {
  const names = [...pointwiseNames(), ...Object.keys(costFunctions).map(inText)];
  return Object.assign(definitionOf, { names });
}

function definitionOf(name: string): NamedFunction | undefined {
  const known = cache.get(name);
  if (known !== undefined) return known;
  const formula = formulaOf(name);
  if (formula === undefined) return undefined;
  const variables = formula.variables.map(variable);
  const result = variable("a");
  const { value, derivative } = formula;
  const definition: NamedFunction = {
    name,
    variables,
    value: parseFormula(value, variables, namedFunction),
    ...(derivative !== undefined && {
      claim: {
        result,
        derivative: parseFormula(derivative, [...variables, result], namedFunction),
      },
    }),
  };
  cache.set(name, definition);
  return definition;
}

/** @throws NablaError that shows the place, unless the text is one formula in these variables */
export function checkFormula(text: string, variables: readonly string[]): void {
  parseFormula(text, variables.map(variable), namedFunction);
}

/**
 * The activation of one number as equation text: `sigmoid(z1[n,j])` for a name of the table, the
 * formula itself with z replaced for a formula in z such as "z*tanh(z)", which is not read here.
 * @throws NablaError for a name that is not in the table
 */
export function activationText(activation: string, z: string): string {
  if (Object.hasOwn(activations, activation)) {
    return activation === "identity" ? z : `${inText(activation)}(${z})`;
  }
  const isFormula = /\bz\b/.test(activation);
  if (!isFormula) throw unknownName("activation", activation, activationNames);
  return activation.replaceAll(/\bz\b/g, z);
}
