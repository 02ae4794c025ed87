/**
 * The back-propagation of the textbooks: four equations by hand, layer by layer, on plain arrays.
 * An oracle: nothing here is imported from the sources, every σ, σ′ and ∇C is written out again, so
 * that neither side can hide a mistake of the other.
 */

export interface TextbookLayer {
  /** w[j][k] leads to unit j from unit k. */
  readonly weights: readonly (readonly number[])[];
  readonly biases: readonly number[];
  readonly activation: string;
}

export interface TextbookGradients {
  readonly cost: number;
  readonly layers: readonly { readonly weights: number[][]; readonly biases: number[] }[];
}

type Rows = readonly (readonly number[])[];

/** C, ∂C/∂w and ∂C/∂b, the means over the rows. */
export function backpropagate(
  layers: readonly TextbookLayer[],
  cost: string,
  { inputs, targets }: { readonly inputs: Rows; readonly targets: Rows },
): TextbookGradients {
  const ofCost = entry(textbookCosts, cost);
  const gradients = layers.map(({ weights, biases }) => ({
    weights: weights.map((w) => w.map(() => 0)),
    biases: biases.map(() => 0),
  }));
  let sum = 0;

  for (const [n, x] of inputs.entries()) {
    const y = targets[n]!;
    const zs: number[][] = [];
    const as: number[][] = [[...x]];
    for (const { weights, biases, activation } of layers) {
      const z = weights.map((w, j) => w.reduce((z, w, k) => z + w * as.at(-1)![k]!, biases[j]!));
      zs.push(z);
      as.push(entry(textbookActivations, activation).value(z));
    }
    sum += ofCost.value(as.at(-1)!, y, zs.at(-1)!);

    let delta: number[] = [];
    for (let l = layers.length - 1; l >= 0; l--) {
      const { back } = entry(textbookActivations, layers[l]!.activation);
      if (l < layers.length - 1) {
        const after = layers[l + 1]!.weights; //  BP2: δ = (Wᵀ δ of the layer after) ⊙ σ′(z)
        const dA = zs[l]!.map((_, j) => after.reduce((s, w, k) => s + w[j]! * delta[k]!, 0));
        delta = back(zs[l]!, dA);
      } else if ("delta" in ofCost) {
        delta = ofCost.delta(zs[l]!, y); //  BP1, with the link of the cost
      } else {
        delta = back(zs[l]!, ofCost.gradient(as[l + 1]!, y)); //  BP1: δ = ∇C ⊙ σ′(z)
      }
      for (const [j, d] of delta.entries()) {
        gradients[l]!.biases[j]! += d / inputs.length; //  BP3: ∂C/∂b = δ
        for (const [k, a] of as[l]!.entries()) {
          gradients[l]!.weights[j]![k]! += (d * a) / inputs.length; //  BP4: ∂C/∂w = a δ
        }
      }
    }
  }
  return { cost: sum / inputs.length, layers: gradients };
}

// σ and σ′

interface TextbookActivation {
  readonly value: (z: readonly number[]) => number[];
  /** ∂C/∂z from ∂C/∂a: with the Jacobian ∂a_k/∂z_j, which is diagonal but for softmax. */
  readonly back: (z: readonly number[], dA: readonly number[]) => number[];
}

const elementwise = (
  value: (z: number) => number,
  slope: (z: number) => number,
): TextbookActivation => ({
  value: (z) => z.map(value),
  back: (z, dA) => z.map((z, j) => dA[j]! * slope(z)),
});

const sigma = (z: number): number => 1 / (1 + Math.exp(-z));
const softplus = (z: number): number => Math.log(1 + Math.exp(z));
const gauss = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);

/** Φ(z) = ½ + φ(z)·(z + z³/3 + z⁵/(3·5) + …), G. Marsaglia (2004). */
function normalCdf(z: number): number {
  let term = z;
  let sum = z;
  for (let i = 3; Math.abs(term) > 1e-18 * Math.abs(sum); i += 2) {
    term *= (z * z) / i;
    sum += term;
  }
  return 1 / 2 + gauss(z) * sum;
}

const geluArgument = (z: number): number => Math.sqrt(2 / Math.PI) * (z + 0.044715 * z * z * z);
const geluSlope = (z: number): number => Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * z * z);

export const textbookActivations: Readonly<Record<string, TextbookActivation>> = {
  identity: elementwise(
    (z) => z,
    () => 1,
  ),
  sigmoid: elementwise(sigma, (z) => sigma(z) * sigma(-z)),
  tanh: elementwise(Math.tanh, (z) => 1 / Math.cosh(z) ** 2),
  relu: elementwise(
    (z) => Math.max(0, z),
    (z) => (z > 0 ? 1 : 0),
  ),
  "leaky-relu": elementwise(
    (z) => Math.max(0.01 * z, z),
    (z) => (z > 0 ? 1 : 0.01),
  ),
  elu: elementwise(
    (z) => (z > 0 ? z : Math.exp(z) - 1),
    (z) => (z > 0 ? 1 : Math.exp(z)),
  ),
  selu: elementwise(
    (z) => 1.0507009873554805 * (z > 0 ? z : 1.6732632423543772 * (Math.exp(z) - 1)),
    (z) => 1.0507009873554805 * (z > 0 ? 1 : 1.6732632423543772 * Math.exp(z)),
  ),
  gelu: elementwise(
    (z) => z * normalCdf(z),
    (z) => normalCdf(z) + z * gauss(z),
  ),
  "gelu-tanh": elementwise(
    (z) => (z * (1 + Math.tanh(geluArgument(z)))) / 2,
    (z) =>
      (1 + Math.tanh(geluArgument(z)) + (z * geluSlope(z)) / Math.cosh(geluArgument(z)) ** 2) / 2,
  ),
  silu: elementwise(
    (z) => z * sigma(z),
    (z) => sigma(z) + z * sigma(z) * sigma(-z),
  ),
  softplus: elementwise(softplus, (z) => Math.exp(z) / (1 + Math.exp(z))),
  softsign: elementwise(
    (z) => z / (1 + Math.abs(z)),
    (z) => 1 / (1 + Math.abs(z)) ** 2,
  ),
  "hard-sigmoid": elementwise(
    (z) => Math.min(1, Math.max(0, (z + 3) / 6)),
    (z) => (Math.abs(z) < 3 ? 1 / 6 : 0),
  ),
  mish: elementwise(
    (z) => z * Math.tanh(softplus(z)),
    (z) => Math.tanh(softplus(z)) + (z * sigma(z)) / Math.cosh(softplus(z)) ** 2,
  ),
  exp: elementwise(Math.exp, Math.exp),
  softmax: {
    value: softmax,
    back(z, dA) {
      const a = softmax(z); //  ∂a_k/∂z_j = a_k·([k = j] − a_j)
      return a.map((aj, j) =>
        a.reduce((sum, ak, k) => sum + dA[k]! * ak * ((k === j ? 1 : 0) - aj), 0),
      );
    },
  },
  /** With gains of 1 and offsets of 0, layer normalisation is like an activation of a whole row. */
  "layer-norm": {
    value: (z) => normalise(z).a,
    back(z, dA) {
      const { a, deviation } = normalise(z); //  ∂a_k/∂z_j = ([k = j] − 1/K − a_k a_j/K)/√(v + ε)
      const dot = total(dA.map((d, k) => d * a[k]!));
      return a.map((aj, j) => (dA[j]! - total(dA) / a.length - (aj * dot) / a.length) / deviation);
    },
  },
};

function softmax(z: readonly number[]): number[] {
  const shifted = z.map((zk) => Math.exp(zk - Math.max(...z)));
  const sum = shifted.reduce((s, e) => s + e, 0);
  return shifted.map((e) => e / sum);
}

function normalise(z: readonly number[]): { readonly a: number[]; readonly deviation: number } {
  const mean = total(z) / z.length;
  const deviation = Math.sqrt(total(z.map((z) => (z - mean) ** 2)) / z.length + 1e-5);
  return { a: z.map((z) => (z - mean) / deviation), deviation };
}

// C and ∇C

type TextbookCost = {
  readonly value: (a: readonly number[], y: readonly number[], z: readonly number[]) => number;
} & (
  | { readonly gradient: (a: readonly number[], y: readonly number[]) => number[] }
  | {
      /** The activation of the last layer, and ∂C/∂z with it. */
      readonly link: string;
      readonly delta: (z: readonly number[], y: readonly number[]) => number[];
    }
);

const total = (terms: readonly number[]): number => terms.reduce((sum, term) => sum + term, 0);

export const textbookCosts: Readonly<Record<string, TextbookCost>> = {
  "squared-error": {
    value: (a, y) => total(a.map((a, k) => (a - y[k]!) ** 2)) / 2,
    gradient: (a, y) => a.map((a, k) => a - y[k]!),
  },
  "mean-squared-error": {
    value: (a, y) => total(a.map((a, k) => (a - y[k]!) ** 2)) / a.length,
    gradient: (a, y) => a.map((ak, k) => (2 * (ak - y[k]!)) / a.length),
  },
  "mean-absolute-error": {
    value: (a, y) => total(a.map((a, k) => Math.abs(a - y[k]!))) / a.length,
    gradient: (a, y) => a.map((ak, k) => Math.sign(ak - y[k]!) / a.length),
  },
  huber: {
    value(a, y) {
      const errors = a.map((a, k) => Math.abs(a - y[k]!));
      return total(errors.map((e) => (e <= 1 ? e ** 2 / 2 : e - 1 / 2)));
    },
    gradient: (a, y) => a.map((a, k) => Math.max(-1, Math.min(1, a - y[k]!))),
  },
  "cross-entropy": {
    value: (_a, y, z) => {
      const top = Math.max(...z);
      const logSum = top + Math.log(total(z.map((z) => Math.exp(z - top))));
      return total(z.map((z, k) => y[k]! * (logSum - z)));
    },
    link: "softmax",
    delta: (z, y) => softmax(z).map((p, k) => total(y) * p - y[k]!),
  },
  "binary-cross-entropy": {
    value: (a, y) => total(a.map((a, k) => -y[k]! * Math.log(a) - (1 - y[k]!) * Math.log(1 - a))),
    link: "sigmoid",
    delta: (z, y) => z.map((z, k) => sigma(z) - y[k]!),
  },
  poisson: {
    value: (a, y, z) => total(a.map((a, k) => a - y[k]! * z[k]!)),
    link: "exp",
    delta: (z, y) => z.map((z, k) => Math.exp(z) - y[k]!),
  },
  hinge: {
    value: (a, y) => total(a.map((a, k) => Math.max(0, 1 - y[k]! * a))),
    link: "identity",
    delta: (z, y) => z.map((z, k) => (y[k]! * z < 1 ? -y[k]! : 0)),
  },
};

/** A name of the sources' tables without a line here fails the test that takes it. */
function entry<T>(table: Readonly<Record<string, T>>, name: string): T {
  const found = table[name];
  if (found === undefined) throw new Error(`the textbook says nothing about "${name}"`);
  return found;
}
