/**
 * The optimisers, each but L-BFGS a list of assignments for every parameter θ[p] with gradient g[p]
 * (∂C/∂θ): slots are updated, then the parameter moves. t counts the steps from 1. The forms and
 * defaults are PyTorch's. `settled` sets what has decayed below the precision's smallest useful number
 * to zero, so that no slot ends among the slow subnormal numbers.
 */

import { check } from "../checks.ts";
import { NablaError, unknownName } from "../errors.ts";

/** Plain data: the rule and its numbers. */
export type Optimizer = { readonly rule: RuleName } & Readonly<
  Record<string, number | boolean | string>
>;

type Options = Readonly<Record<string, number | boolean>>;

interface Rule<Defaults extends Options> {
  /** Every option with its default. */
  readonly defaults: Defaults;
  /** The slots, one number per parameter, and what they start at. */
  slots(options: Defaults): Readonly<Record<string, number>>;
  /** The assignments, in order; the options' names are numbers in them. */
  update(options: Defaults): string;
}

/** g + λθ: the gradient of the cost with ½λΣθ² beside it. */
const decayed = ({ weightDecay }: { readonly weightDecay: number }): string =>
  weightDecay === 0 ? "g" : "(g + weightDecay*theta)";

const rule = <Defaults extends Options>(definition: Rule<Defaults>): Rule<Defaults> => definition;

/** A rule of the table, whichever it is; the options are those of `checkOptimizer`. */
export type RuleDefinition = {
  readonly defaults: Options;
  slots(options: unknown): Readonly<Record<string, number>>;
  update(options: unknown): string;
};

export const rules = {
  /** v ← μv + g;  θ ← θ − ηv.  Nesterov: θ ← θ − η(g + μv).  Sutskever et al. (2013). */
  sgd: rule({
    defaults: { learningRate: 0.001, momentum: 0, nesterov: false, weightDecay: 0 },
    slots: ({ momentum }) => (momentum === 0 ? {} : { v: 0 }),
    update: ({ momentum, nesterov, weightDecay }) => {
      const d = decayed({ weightDecay });
      if (momentum === 0) return `theta[p] <- theta - learningRate*${d}`;
      return `
        v[p] <- settled(momentum*v + ${d})
        theta[p] <- theta - learningRate*${nesterov ? `(${d} + momentum*v)` : "v"}`;
    },
  }),

  /** s ← ρs + (1 − ρ)g²;  θ ← θ − η g/(√s + ε), ρ = decay.  T. Tieleman, G. Hinton (2012). */
  rmsprop: rule({
    defaults: { learningRate: 0.01, decay: 0.99, epsilon: 1e-8, momentum: 0, weightDecay: 0 },
    slots: ({ momentum }) => (momentum === 0 ? { s: 0 } : { s: 0, v: 0 }),
    update: ({ momentum, weightDecay }) => {
      const d = decayed({ weightDecay });
      const s = `s[p] <- settled(decay*s + (1 - decay)*${d}^2)`;
      const direction = `${d}/(sqrt(s) + epsilon)`;
      if (momentum === 0) return `${s}\n theta[p] <- theta - learningRate*${direction}`;
      return `${s}
        v[p] <- settled(momentum*v + ${direction})
        theta[p] <- theta - learningRate*v`;
    },
  }),

  /** s ← s + g²;  θ ← θ − η g/(√s + ε).  J. Duchi, E. Hazan, Y. Singer (2011). */
  adagrad: rule({
    defaults: { learningRate: 0.01, epsilon: 1e-10, weightDecay: 0 },
    slots: () => ({ s: 0 }),
    update: (options) => `
      s[p] <- settled(s + ${decayed(options)}^2)
      theta[p] <- theta - learningRate*${decayed(options)}/(sqrt(s) + epsilon)`,
  }),

  /**
   * m ← β₁m + (1 − β₁)g;  s ← β₂s + (1 − β₂)g²;
   * θ ← θ − η m̂/(√ŝ + ε) with m̂ = m/(1 − β₁ᵗ), ŝ = s/(1 − β₂ᵗ).  D. Kingma, J. Ba (2015).
   */
  adam: rule({
    defaults: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
    slots: () => ({ m: 0, s: 0 }),
    update: (options) => `
      m[p] <- settled(beta1*m + (1 - beta1)*${decayed(options)})
      s[p] <- settled(beta2*s + (1 - beta2)*${decayed(options)}^2)
      theta[p] <- theta - learningRate*(m/(1 - beta1^t))/(sqrt(s/(1 - beta2^t)) + epsilon)`,
  }),

  /** Adam, with θ ← θ − ηλθ apart from the gradient.  I. Loshchilov, F. Hutter (2019). */
  adamw: rule({
    defaults: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
    slots: () => ({ m: 0, s: 0 }),
    update: () => `
      m[p] <- settled(beta1*m + (1 - beta1)*g)
      s[p] <- settled(beta2*s + (1 - beta2)*g^2)
      theta[p] <- theta*(1 - learningRate*weightDecay)
        - learningRate*(m/(1 - beta1^t))/(sqrt(s/(1 - beta2^t)) + epsilon)`,
  }),

  /**
   * Each parameter has a step size, which grows by 1.2 while the gradient keeps its sign, to 50 at
   * most, and halves when it turns, to 1e-6 at least; `previous` is the sign, 0 after a turn.
   * M. Riedmiller, H. Braun (1993).
   */
  rprop: rule({
    defaults: { learningRate: 0.01 },
    slots: ({ learningRate }) => ({ previous: 0, size: learningRate }),
    update: () => `
      size[p] <- select(g*previous > 0, min(1.2*size, 50),
        select(g*previous < 0, max(size/2, min(size, 1e-6)), size))
      previous[p] <- select(g*previous < 0, 0, sign(g))
      theta[p] <- theta - previous*size`,
  }),
} as const;

/** All optimisers: the rules, and L-BFGS, which is no list of assignments but a search (train/lbfgs.ts). */
const optimizers = {
  ...rules,
  lbfgs: {
    defaults: { learningRate: 1, history: 100, gradientTolerance: 1e-7, changeTolerance: 1e-9 },
  },
} as const;

export type RuleName = keyof typeof optimizers;

type Defaults<Name extends RuleName> = (typeof optimizers)[Name]["defaults"];

/** The options of a rule; those left out have PyTorch's defaults. */
export type OptimizerOptions<Name extends RuleName> = {
  readonly [Option in keyof Defaults<Name>]?: Defaults<Name>[Option] extends boolean
    ? boolean
    : number;
};

const maker =
  <Name extends RuleName>(name: Name) =>
  (options: OptimizerOptions<Name> = {}): Optimizer =>
    checkOptimizer({ rule: name, ...options });

/** v ← μv + g;  θ ← θ − ηv. Options: learningRate 0.001, momentum 0, nesterov false, weightDecay 0. */
export const sgd = maker("sgd");
/** Options: learningRate 0.01, decay 0.99, epsilon 1e-8, momentum 0, weightDecay 0. */
export const rmsprop = maker("rmsprop");
/** Options: learningRate 0.01, epsilon 1e-10, weightDecay 0. */
export const adagrad = maker("adagrad");
/** Options: learningRate 0.001, beta1 0.9, beta2 0.999, epsilon 1e-8, weightDecay 0. */
export const adam = maker("adam");
/** Options: learningRate 0.001, beta1 0.9, beta2 0.999, epsilon 1e-8, weightDecay 0.01. */
export const adamw = maker("adamw");
/** Options: learningRate 0.01, the first step size. */
export const rprop = maker("rprop");
/**
 * Quasi-Newton iterations over all rows, for small tables: an epoch is one iteration, whatever the
 * batch size. Options: learningRate 1, the first length that each line search tries; history 100, the
 * iterations remembered, for each parameter twice; gradientTolerance 1e-7 and changeTolerance 1e-9:
 * training ends where no |∂C/∂θ| is above the first, or where an iteration changes neither C nor any
 * θ by more than the second.  J. Nocedal, S. J. Wright (2006).
 */
export const lbfgs = maker("lbfgs");

/**
 * The optimiser with all its options: those left out have their defaults.
 * @throws NablaError unless the rule is known and every number lies in its range
 */
export function checkOptimizer({ rule, ...options }: Optimizer): Optimizer {
  if (!Object.hasOwn(optimizers, rule)) {
    throw unknownName("optimizer", rule, Object.keys(optimizers));
  }
  const known: Options = optimizers[rule].defaults;
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(known, name)) throw unknownName(`${rule} option`, name, Object.keys(known));
    checkOption(name, value, typeof known[name]);
  }
  const optimizer: Optimizer = { rule, ...known, ...options };
  if (optimizer.nesterov === true && optimizer.momentum === 0) {
    throw new NablaError("usage", "nesterov needs a momentum above 0, got 0", {
      expected: "a momentum above 0",
      got: "0",
    });
  }
  return optimizer;
}

/**
 * The assignments of an optimiser.
 * @throws NablaError where it has none: L-BFGS is more than a step
 */
export function ruleOf({ rule }: Optimizer): RuleDefinition {
  if (rule !== "lbfgs") return rules[rule];
  const remedy = "train(net, data, { optimizer: lbfgs() })";
  throw new NablaError("usage", `lbfgs takes no single steps, it searches; use ${remedy}`, {
    expected: Object.keys(rules).join(", "),
    got: rule,
    remedy,
  });
}

/** What each number may be, in words and as a test. */
const ranges: Readonly<Record<string, readonly [string, (x: number) => boolean]>> = {
  learningRate: ["a number ≥ 0", (x) => x >= 0],
  momentum: ["in [0, 1)", (x) => x >= 0 && x < 1],
  decay: ["in [0, 1)", (x) => x >= 0 && x < 1],
  beta1: ["in [0, 1)", (x) => x >= 0 && x < 1],
  beta2: ["in [0, 1)", (x) => x >= 0 && x < 1],
  epsilon: ["a number ≥ 0", (x) => x >= 0],
  weightDecay: ["a number ≥ 0", (x) => x >= 0],
  history: ["a positive integer", (x) => Number.isSafeInteger(x) && x > 0],
  gradientTolerance: ["a number ≥ 0", (x) => x >= 0],
  changeTolerance: ["a number ≥ 0", (x) => x >= 0],
};

function checkOption(name: string, value: unknown, type: string): void {
  const [expected, accepts] = ranges[name] ?? ["true or false", () => true];
  const isInRange = (): boolean => Number.isFinite(value) && accepts(value as number);
  const holds = typeof value === type && (type === "boolean" || isInRange());
  check(name, holds, { expected, got: value });
}
