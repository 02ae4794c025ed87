/** ONNX's own test vectors of the operators that are exported: our functions give the same numbers. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { network } from "nabla";
import { describe, expect, test } from "vitest";
import { readTensor, type TensorValues } from "./read-protobuf.ts";

const folder = "/usr/share/libonnx-testdata/data/node";
const remedy = "bash .ci/run installs it (Debian's libonnx-testdata)";

/** z by the inputs x0, x1, … of the vector; those that are read at [n, …] have rows, others are parameters. */
interface Vector {
  readonly z: string;
  readonly extents?: Readonly<Record<string, number>>;
}

/** Of each element alone. */
const elementwise: Readonly<Record<string, string>> = {
  sigmoid: "sigmoid(x0)",
  sigmoid_example: "sigmoid(x0)",
  tanh: "tanh(x0)",
  tanh_example: "tanh(x0)",
  relu: "relu(x0)",
  leakyrelu: "select(x0 <= 0, 0.1*x0, x0)",
  leakyrelu_default: "leaky_relu(x0)",
  leakyrelu_example: "select(x0 <= 0, 0.1*x0, x0)",
  elu: "select(x0 <= 0, 2*expm1(x0), x0)",
  elu_default: "elu(x0)",
  elu_example: "select(x0 <= 0, 2*expm1(x0), x0)",
  selu: "3*select(x0 <= 0, 2*expm1(x0), x0)",
  selu_default: "selu(x0)",
  selu_example: "3*select(x0 <= 0, 2*expm1(x0), x0)",
  softplus: "softplus(x0)",
  softplus_example: "softplus(x0)",
  softsign: "softsign(x0)",
  softsign_example: "softsign(x0)",
  hardsigmoid: "max(0, min(1, 0.5*x0 + 0.6))",
  hardsigmoid_default: "max(0, min(1, 0.2*x0 + 0.5))",
  hardsigmoid_example: "max(0, min(1, 0.5*x0 + 0.6))",
  erf: "erf(x0)",
  exp: "exp(x0)",
  exp_example: "exp(x0)",
  log: "log(x0)",
  log_example: "log(x0)",
  sqrt: "sqrt(x0)",
  sqrt_example: "sqrt(x0)",
  abs: "abs(x0)",
  neg: "-x0",
  neg_example: "-x0",
  sign: "sign(x0)",
  add: "x0 + x1",
  sub: "x0 - x1",
  sub_example: "x0 - x1",
  mul: "x0*x1",
  mul_example: "x0*x1",
  div: "x0/x1",
  div_example: "x0/x1",
  min_two_inputs: "min(x0, x1)",
  max_two_inputs: "max(x0, x1)",
  less: "select(x0 < x1, 1, 0)",
  less_equal: "select(x0 <= x1, 1, 0)",
  greater: "select(x0 > x1, 1, 0)",
  greater_equal: "select(x0 >= x1, 1, 0)",
  equal: "select(x0 = x1, 1, 0)",
  where_example: "select(x0 = 1, x1, x2)",
};

const softmax = (e: string): string => `exp(${e})/Σ_l exp(${e.replace("k", "l")})`;
const stable = `
  m[n] = max_k x0[n,k]   stabiliser
  z[n,k] = exp(x0[n,k] − m[n])/Σ_l exp(x0[n,l] − m[n])`;

const others: Readonly<Record<string, Vector>> = {
  add_bcast: { z: "z[n,j,k] = x0[n,j,k] + x1[k]", extents: { j: 4, k: 5 } },
  softmax_axis_1: { z: `z[n,k,j] = ${softmax("x0[n,k,j]")}`, extents: { k: 4, l: 4, j: 5 } },
  softmax_axis_2: { z: `z[n,j,k] = ${softmax("x0[n,j,k]")}`, extents: { j: 4, k: 5, l: 5 } },
  softmax_example: { z: stable, extents: { k: 3, l: 3 } },
  softmax_large_number: { z: stable, extents: { k: 4, l: 4 } },
  gemm_default_no_bias: { z: "z[n,j] = Σ_i x0[n,i]·x1[i,j]", extents: { i: 10, j: 3 } },
  gemm_default_vector_bias: {
    z: "z[n,j] = Σ_i x0[n,i]·x1[i,j] + x2[0,j]",
    extents: { i: 7, j: 4 },
  },
  gemm_default_matrix_bias: {
    z: "z[n,j] = Σ_i x0[n,i]·x1[i,j] + x2[n,j]",
    extents: { i: 6, j: 4 },
  },
  gemm_transposeB: { z: "z[n,j] = Σ_i x0[n,i]·x1[j,i] + x2[0,j]", extents: { i: 6, j: 4 } },
  gemm_alpha: { z: "z[n,j] = 0.5·Σ_i x0[n,i]·x1[i,j] + x2[0,j]", extents: { i: 5, j: 4 } },
  gemm_beta: { z: "z[n,j] = Σ_i x0[n,i]·x1[i,j] + 0.5·x2[0,j]", extents: { i: 7, j: 4 } },
  matmul_2d: { z: "z[n,j] = Σ_i x0[n,i]·x1[i,j]", extents: { i: 4, j: 3 } },
  matmul_3d: { z: "z[n,i,k] = Σ_j x0[n,i,j]·x1[n,j,k]", extents: { i: 3, j: 4, k: 3 } },
  einsum_batch_matmul: { z: "z[n,i,k] = Σ_j x0[n,i,j]·x1[n,j,k]", extents: { i: 2, j: 3, k: 4 } },
  einsum_batch_diagonal: { z: "z[n,i] = x0[n,i,i]", extents: { i: 5 } },
  einsum_sum: { z: "z[n] = Σ_j x0[n,j]", extents: { j: 4 } },
  reduce_sum_do_not_keepdims_example: { z: "z[n,j] = Σ_i x0[n,i,j]", extents: { i: 2, j: 2 } },
  reduce_sum_do_not_keepdims_random: { z: "z[n,j] = Σ_i x0[n,i,j]", extents: { i: 2, j: 2 } },
  reduce_max_do_not_keepdims_example: { z: "z[n,j] = max_i x0[n,i,j]", extents: { i: 2, j: 2 } },
  reduce_max_do_not_keepdims_random: { z: "z[n,j] = max_i x0[n,i,j]", extents: { i: 2, j: 2 } },
  gather_0: { z: "z[n,i,j,k] = x0[x1[n],i,j,k]", extents: { x1: 5, i: 4, j: 3, k: 2 } },
};

const vectors: Readonly<Record<string, Vector>> = {
  ...Object.fromEntries(
    Object.entries(elementwise).map(([name, formula]) => [
      name,
      { z: `z[n] = ${formula.replaceAll(/x\d/g, "$&[n]")}` },
    ]),
  ),
  ...others,
};

if (existsSync(folder) || process.env.CI === "true") {
  describe.each(["evaluate", "wasm"] as const)("by %s", (backend) => {
    test.each(Object.entries(vectors))("%s: the numbers of the vector", (name, vector) => {
      expect(existsSync(folder), remedy).toBe(true);
      const files = join(folder, `test_${name}`, "test_data_set_0");
      const read = (file: string) => readTensor(readFileSync(join(files, file)));
      const count = readdirSync(files).filter((file) => file.startsWith("input_")).length;
      const inputs = Array.from({ length: count }, (_, i) => read(`input_${i}.pb`));
      const { values } = read("output_0.pb");

      const outputs = evaluated(vector, inputs, backend);
      expect(outputs).toHaveLength(values.length);
      // rtol 1e-5, and below 1e-2 ONNX's own absolute tolerance of 1e-7
      values.forEach((value, i) => {
        const tolerance = Math.max(1e-5 * Math.abs(value), 1e-7);
        expect(Math.abs(outputs[i]! - value), `element ${i}`).toBeLessThanOrEqual(tolerance);
      });
    });
  });
} else {
  console.warn(`Not tested here: the vectors of ONNX; ${remedy}.`);
}

/** z in float32, row by row. */
function evaluated(
  { z, extents = {} }: Vector,
  given: readonly TensorValues[],
  backend: "evaluate" | "wasm",
): Float32Array {
  const named = given.map(({ values }, i) => [`x${i}`, Float32Array.from(values)] as const);
  const inputs = named.filter(([name]) => z.includes(`${name}[n`));
  const [, letters = ""] = /z\[n,?([^\]]*)\]/.exec(z)!;
  const net = network({
    equations: `${z}\n C = 1/N·Σ_n ${letters === "" ? "" : `Σ_{${letters}} `}z[n${letters && `,${letters}`}]`,
    extents,
    inputs: inputs.map(([name]) => name),
    outputs: "z",
    cost: "C",
    backend,
  });
  for (const [name, values] of named) net.parameters.get(name)?.set(values);
  return net.predict(Object.fromEntries(inputs)) as Float32Array;
}
