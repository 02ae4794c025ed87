// The matrix product alone, n×n by n×n in float32: the routine that the compiler puts into a network's
// module, in a module of its own, as a part of the vectors' peak. `npm start` bundles its source first.

import { measureInRounds, ratio } from "./measure.js";
import { underNode } from "./participant.js";
import * as peak from "./peak.js";
import { randomStream } from "./problems.js";

/** The three products of a layer: whether A and B lie transposed in memory. */
const forms = [
  { form: "x·Wᵀ", transposed: [false, true] },
  { form: "δ·W", transposed: [false, false] },
  { form: "δᵀ·x", transposed: [true, false] },
];

const shapes = [256, 512].flatMap((size) =>
  forms.map(({ form, transposed }) => ({ name: `${form}, ${size}³`, size, transposed })),
);

/** A worker's session: each unit is one product. */
export async function prepare({ size, transposed }) {
  const { arithmetic, products, roomFor } = await import("../dist/product.js");
  const { moduleOf } = await import("../dist/assembler.js");
  const common = arithmetic("float32", await peak.hasRelaxedSimd());
  const [a, b, c, scratch] = [0, 1, 2, 3].map((matrix) => 64 + matrix * size * size * 4);
  const strides = transposed.map((isTransposed) => (isTransposed ? [1, size] : [size, 1]));
  const form = {
    ...{ m: size, n: size, k: size },
    a: { base: a, strides: strides[0] },
    b: { base: b, strides: strides[1] },
    c: { base: c, strides: [size, 1] },
  };
  const { bytes, columns } = roomFor(common, [form], size);
  const product = products(common, { address: scratch, columns })(form);
  const memory = new WebAssembly.Memory({ initial: Math.ceil((scratch + bytes + 64) / 65536) });
  const { instance } = await WebAssembly.instantiate(moduleOf({ product }), { "": { memory } });
  const matrices = [a, b, c].map((base) => new Float32Array(memory.buffer, base, size * size));
  const random = randomStream(1);
  for (const factor of matrices.slice(0, 2)) factor.set(factor.map(() => random() - 0.5));

  instance.exports.product(size);
  checkLast(matrices, { size, strides });
  return {
    train(units) {
      for (let unit = 0; unit < units; unit++) instance.exports.product(size);
    },
  };
}

/** The last element against its sum in float64: 2K·2⁻²⁴·Σ|ab| is what float32 may lose. */
function checkLast([left, right, result], { size, strides: [a, b] }) {
  const last = size - 1;
  let sum = 0;
  let magnitude = 0;
  for (let k = 0; k < size; k++) {
    const term = left[last * a[0] + k * a[1]] * right[k * b[0] + last * b[1]];
    sum += term;
    magnitude += Math.abs(term);
  }
  const error = Math.abs(result[last * size + last] - sum);
  if (!(error <= 2 * size * 2 ** -24 * magnitude))
    throw new Error(`the product is off by ${error}`);
}

/** @returns for each Node and shape: operations a second by round, and their part of the peak */
export async function measureProducts({ nodes, ...timing }) {
  const measured = [];
  for (const node of nodes) {
    const loop = underNode({ name: "peak", module: "./peak.js" }, node);
    const own = shapes.map((shape) =>
      underNode({ ...shape, module: "./product.js", problem: shape }, node),
    );
    try {
      for (const { ask, module, problem } of [loop, ...own]) {
        await ask({ do: "prepare", module, problem });
      }
      const [turns, ...all] = await measureInRounds([loop, ...own], timing);
      const peaks = turns.map((rate) => rate * peak.operations);
      for (const [index, { name, size }] of own.entries()) {
        const rates = all[index].map((rate) => rate * 2 * size ** 3);
        measured.push({ platform: node.name, name, rates, part: ratio(rates, peaks) });
      }
    } catch (error) {
      measured.push({ platform: node.name, failure: error.message });
    } finally {
      for (const { stop } of [loop, ...own]) stop();
    }
  }
  return measured;
}
