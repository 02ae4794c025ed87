/**
 * Files to and from Python. Debian: python3-numpy, which CI installs, and python3-torch, which is large
 * and serves where it is there.
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { loadModel, saveModel } from "../../src/files/model.ts";
import {
  type Dtype,
  readSafetensors,
  type Tensor,
  writeSafetensors,
} from "../../src/files/safetensors.ts";
import { dense, network } from "../../src/network.ts";

/** The first Python that has the library: Debian's is not always the first in the path. */
const pythonWith = (library: string): string | undefined =>
  ["python3", "/usr/bin/python3"].find(
    (python) => spawnSync(python, ["-c", `import numpy, ${library}`]).status === 0,
  );

const script = fileURLToPath(new URL("python.py", import.meta.url));

function run(python: string, args: readonly string[], input: unknown = null): unknown {
  const options = { input: JSON.stringify(input), encoding: "utf8" } as const;
  const { status, stdout, stderr } = spawnSync(python, [script, ...args], options);
  expect(status, stderr).toBe(0);
  return stdout === "" ? undefined : JSON.parse(stdout);
}

function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "nabla-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "x.safetensors");
}

/** Each dtype with the elements here and the same as Python writes and reads them. */
const each: Readonly<Record<Dtype, { readonly data: Tensor["data"]; readonly values: string[] }>> =
  {
    F64: {
      data: Float64Array.of(0.1, -0, 5e-324, Number.NaN, Number.POSITIVE_INFINITY, 1e308),
      values: ["0.1", "-0.0", "5e-324", "nan", "inf", "1e+308"],
    },
    F32: {
      data: Float32Array.of(0.5, -0, 2 ** -149, Number.NaN, Number.NEGATIVE_INFINITY, 2 ** 127),
      values: ["0.5", "-0.0", "1.401298464324817e-45", "nan", "-inf", "1.7014118346046923e+38"],
    },
    F16: {
      data: Uint16Array.of(0x3c00, 0x8000, 0x0001, 0x7bff, 0x7c00, 0xc000),
      values: ["1.0", "-0.0", "5.960464477539063e-08", "65504.0", "inf", "-2.0"],
    },
    BF16: {
      data: Uint16Array.of(0x3f80, 0x8000, 0x4049, 0x7f80, 0xc000, 0x0080),
      values: ["1.0", "-0.0", "3.140625", "inf", "-2.0", "1.1754943508222875e-38"],
    },
    I64: {
      data: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n, 0n, 1n, -1n, 2n ** 53n + 1n),
      values: [
        ...["-9223372036854775808", "9223372036854775807", "0", "1", "-1", "9007199254740993"],
      ],
    },
    U64: {
      data: BigUint64Array.of(2n ** 64n - 1n, 0n, 1n, 2n, 3n, 2n ** 53n + 1n),
      values: ["18446744073709551615", "0", "1", "2", "3", "9007199254740993"],
    },
    I32: {
      data: Int32Array.of(-(2 ** 31), 2 ** 31 - 1, 0, 1, -1, 2),
      values: ["-2147483648", "2147483647", "0", "1", "-1", "2"],
    },
    U32: {
      data: Uint32Array.of(2 ** 32 - 1, 0, 1, 2, 3, 4),
      values: ["4294967295", "0", "1", "2", "3", "4"],
    },
    I16: {
      data: Int16Array.of(-(2 ** 15), 2 ** 15 - 1, 0, 1, -1, 2),
      values: ["-32768", "32767", "0", "1", "-1", "2"],
    },
    U16: {
      data: Uint16Array.of(2 ** 16 - 1, 0, 1, 2, 3, 4),
      values: ["65535", "0", "1", "2", "3", "4"],
    },
    I8: {
      data: Int8Array.of(-128, 127, 0, 1, -1, 2),
      values: ["-128", "127", "0", "1", "-1", "2"],
    },
    U8: { data: Uint8Array.of(255, 0, 1, 2, 3, 4), values: ["255", "0", "1", "2", "3", "4"] },
    BOOL: { data: Uint8Array.of(0, 1, 1, 0, 0, 1), values: ["0", "1", "1", "0", "0", "1"] },
  };
const shape = [1, 2, 3];
/** torch 1.13 has no unsigned integers but those of a byte. */
const unknown = { numpy: [], torch: ["U16", "U32", "U64"] } satisfies Record<string, Dtype[]>;

for (const library of ["numpy", "torch"] as const) {
  const python = pythonWith(library);
  const isDue = library === "numpy" && process.env.CI === "true";
  describe.skipIf(python === undefined && !isDue)(`${library} (python3-${library})`, () => {
    const names = (Object.keys(each) as Dtype[]).filter(
      (dtype) => !(unknown[library] as Dtype[]).includes(dtype),
    );
    const texts = Object.fromEntries([
      ...names.map((dtype) => [dtype, { dtype, shape, values: each[dtype].values }] as const),
      ["none", { dtype: "F32", shape: [0, 2], values: [] }],
      ["one", { dtype: "F64", shape: [], values: ["0.25"] }],
    ]);
    const tensors = new Map<string, Tensor>([
      ...names.map((dtype): [string, Tensor] => [
        dtype,
        { dtype, shape, data: each[dtype].data } as Tensor,
      ]),
      ["none", { dtype: "F32", shape: [0, 2], data: new Float32Array(0) }],
      ["one", { dtype: "F64", shape: [], data: Float64Array.of(0.25) }],
    ]);

    test("is there", () => {
      expect(python).toBeDefined();
    });

    test("writes what is read here", () => {
      const file = temporaryFile();
      run(python!, [library, "write", file], texts);
      const read = readSafetensors(readFileSync(file));
      expect([...read.tensors]).toEqual([...tensors]);
      expect(read.metadata).toEqual({ library, é: "😀" });
    });

    test("reads what is written here", () => {
      const file = temporaryFile();
      const metadata = { é: "😀" };
      writeFileSync(file, writeSafetensors({ tensors, metadata }));
      expect(run(python!, [library, "read", file])).toEqual({ tensors: texts, metadata });
    });
  });
}

const python = pythonWith("numpy");
describe.skipIf(python === undefined && process.env.CI !== "true")(
  "a model (python3-numpy)",
  () => {
    test("predicts in Python what it predicts here, and comes back changed", () => {
      const net = network({
        ...{ inputs: 2, layers: [dense(3, "tanh"), dense(1)], cost: "squared-error" },
        ...{ precision: "float64", seed: 3, initial: { b2: 0.125 } },
      });
      const rows = [
        [0, 1],
        [-0.5, 2],
      ];
      const file = temporaryFile();
      const bytes = saveModel(net);
      writeFileSync(file, bytes);
      const found = run(python!, ["numpy", "model", file], rows) as Record<string, unknown>;
      const flat = (outputs: readonly number[][]) => outputs.flat();
      const near = (numbers: readonly number[]) => numbers.map((x) => expect.closeTo(x, 14));
      expect(found.checksum).toBe(readSafetensors(bytes).metadata.checksum);
      expect(found.predictions).toEqual(near(flat(net.predict(rows))));

      const changed = loadModel(readFileSync(file));
      if ("schema" in changed) throw new Error("a model of tables");
      expect(changed.parameters.get("b2")).toEqual(Float64Array.of(0.25));
      expect(found.changed).toEqual(near(flat(changed.predict(rows))));
    });
  },
);
