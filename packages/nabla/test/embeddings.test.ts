import {
  check,
  dense,
  derive,
  diagnose,
  dropout,
  type LayeredDefinition,
  loadModel,
  network,
  saveModel,
  sgd,
  train,
  typeset,
} from "nabla";
import { describe, expect, test } from "vitest";
import { writeEquations } from "../src/network.ts";

const definition: LayeredDefinition = {
  inputs: 2,
  embeddings: [
    { categories: 5, units: 3 },
    { categories: 4, units: 2 },
  ],
  layers: [dense(4, "tanh"), dense(2, "softmax")],
  cost: "cross-entropy",
  precision: "float64",
  seed: 3,
};
const { embeddings: [first] = [] } = definition;
const blind: LayeredDefinition = { ...definition, inputs: 0, embeddings: [first!] };

/** Category 4 of the first and 3 of the second are in no row. */
const inputs = {
  x: [
    [0.5, -1],
    [1.5, 0.2],
    [-0.3, 0.8],
    [0.1, 0.1],
  ],
  id1: [0, 3, 0, 2],
  id2: [1, 0, 2, 1],
};
const targets = [
  [1, 0],
  [0, 1],
  [0, 1],
  [1, 0],
];

describe("embeddings are written", () => {
  test("beside the sums over the inputs", () => {
    const { text } = writeEquations(definition);
    expect(text.equations.split("\n").slice(0, 3)).toEqual([
      "e1[n,d1] = E1[id1[n],d1]",
      "e2[n,d2] = E2[id2[n],d2]",
      "z1[n,j] = Σ_i W1[j,i]·x[n,i] + Σ_d1 V1[j,d1]·e1[n,d1] + Σ_d2 V2[j,d2]·e2[n,d2] + b1[j]",
    ]);
    expect(text.inputs).toEqual(["x", "id1", "id2"]);
  });

  test("alone where there is no other input", () => {
    const { text } = writeEquations(blind);
    expect(text.equations.split("\n")[1]).toBe("z1[n,j] = Σ_d1 V1[j,d1]·e1[n,d1] + b1[j]");
    expect(text.inputs).toBe("id1");
  });

  test("with penalties on their tables and weights", () => {
    const { equations } = writeEquations({ ...blind, l2: 0.1 }).text;
    expect(equations.split("\n").at(-1)).toBe(
      "C = 1/N · Σ_n c[n] + 0.1/2·Σ_{c1,d1} E1[c1,d1]^2 + 0.1/2·Σ_{j,d1} V1[j,d1]^2 + 0.1/2·Σ_{k,j} W2[k,j]^2",
    );
  });

  test("and refused where no dense layer reads them, or they have no size", () => {
    const of = (changed: object) => () => network({ ...definition, ...changed });
    expect(of({ layers: [dropout(0.5), dense(2)] })).toThrow(
      "layer 1 must be a dense layer, which reads the embeddings, got dropout",
    );
    expect(of({ embeddings: [{ categories: 0, units: 2 }] })).toThrow(
      "embedding 1: categories must be a positive integer, got 0",
    );
    expect(of({ embeddings: [{ categories: 2, unit: 2 }] })).toThrow(
      'unknown field of embedding 1 "unit"; did you mean "units"?',
    );
    expect(of({ inputs: 0, embeddings: [] })).toThrow("inputs must be a positive integer, got 0");
  });
});

test("the tables start with a spread of 0.1, the weights as the activation has it", () => {
  const net = network({
    ...blind,
    embeddings: [{ categories: 500, units: 20 }],
    layers: [dense(1000, "relu"), dense(2, "softmax")],
  });
  const spread = (name: string) => {
    const values = Float64Array.from(net.parameters.get(name)!);
    return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
  };
  // Of 10⁴ numbers and 2·10⁴, the sample's spread is off by 0.7 % and 0.5 % at one standard error
  expect(spread("E1")).toBeCloseTo(0.1, 2);
  expect(spread("V1")).toBeCloseTo(Math.sqrt(2 / 20), 2);
});

describe.each(["evaluate", "wasm"] as const)("the gradients by %s", (backend) => {
  test.each([
    ["beside inputs", { ...definition, backend }, inputs],
    ["alone", { ...blind, backend }, { id1: inputs.id1 }],
    ["with penalties", { ...definition, backend, l1: 0.01, l2: 0.1 }, inputs],
  ])("are those of central differences, %s", (_, given, data) => {
    const net = network(given);
    const derived = net.gradients(data, targets);
    for (const [name, gradient] of derived) {
      const values = net.parameters.get(name)!;
      gradient.forEach((g, i) => {
        const theta = values[i]!;
        const at = (h: number) => {
          values[i] = theta + h;
          return net.cost(data, targets);
        };
        const numeric = (at(1e-6) - at(-1e-6)) / 2e-6;
        values[i] = theta;
        expect(Math.abs(g - numeric), `${name}[${i}]`).toBeLessThanOrEqual(
          1e-8 + 1e-5 * Math.abs(numeric),
        );
      });
    }
  });

  test("are 0 for a category of no row, and summed for one of several", () => {
    const net = network({ ...definition, backend });
    const gradient = net.gradients(inputs, targets).get("E1")!;
    expect([...gradient.subarray(12, 15), ...gradient.subarray(3, 6)]).toEqual([0, 0, 0, 0, 0, 0]);

    // Rows 0 and 2 have category 0: a table of a row for each of them has its gradient in two parts
    const apart = network({ ...definition, backend });
    apart.parameters.get("E1")!.copyWithin(3, 0, 3);
    const parts = apart.gradients({ ...inputs, id1: [0, 3, 1, 2] }, targets).get("E1")!;
    for (const d of [0, 1, 2]) {
      expect(parts[d]! + parts[3 + d]!).toBeCloseTo(gradient[d]!, 15);
    }
  });
});

test("check holds, and diagnose reads such a network", () => {
  const net = network(definition);
  const { passed, parameters } = check(net, inputs, targets);
  expect(passed).toBe(true);
  expect(parameters.map(({ name }) => name).sort()).toEqual(
    ["E1", "E2", "V1", "V2", "W1", "W2", "b1", "b2"].sort(),
  );
  const { units } = diagnose(net, { inputs, targets }, { columns: ["a", "b"] });
  expect(units.map(({ tensor }) => tensor)).toContain("a1");
});

test("training has the bits of the definition's, and an unseen category does not move", async () => {
  const trained = async (backend: "evaluate" | "wasm") => {
    const net = network({ ...definition, backend });
    const before = net.parameters.get("E1")!.slice(12, 15);
    const options = { optimizer: sgd({ learningRate: 0.5 }), epochs: 20, batchSize: 3 };
    for await (const _ of train(net, { inputs, targets }, options));
    expect(net.parameters.get("E1")!.slice(12, 15)).toEqual(before);
    return net;
  };
  const [slow, fast] = [await trained("evaluate"), await trained("wasm")];
  for (const [name, values] of fast.parameters) {
    values.forEach((value, i) => {
      expect(value, `${name}[${i}]`).toBeCloseTo(slow.parameters.get(name)![i]!, 12);
    });
  }
  expect(fast.cost(inputs, targets)).toBeLessThan(0.1);
});

test("a category of no table is refused by its row", () => {
  const net = network(definition);
  expect(() => net.predict({ ...inputs, id2: [0, 4, 0, 0] })).toThrow(
    "id2, row 1: expected an integer in [0, 4), got 4",
  );
});

test("the model file keeps them to the bit", () => {
  const net = network(blind);
  const read = loadModel(saveModel(net));
  if (!("predict" in read)) throw new Error("a network of no table");
  expect(read.definition).toEqual(blind);
  const ids = { id1: Float64Array.of(0, 1, 2, 3, 4) };
  expect(read.predict(ids)).toEqual(net.predict(ids));
});

test("the derivation gathers and scatters by the category, and knows two embeddings from layers", () => {
  const derivation = derive(network(definition));
  const page = typeset(derivation, "text");
  expect(page).toContain("e¹[n,d¹] = E¹[id¹[n],d¹]");
  expect(page).toContain("the row of E¹ that id¹[n] names");
  expect(page).toContain("∂C/∂E¹[p,d¹] = Σ_n [p = id¹[n]]·δ¹[n,d¹]");
  expect(page).toContain("∂C/∂V²[j,d²] = Σ_n δ_z1[n,j]·e²[n,d²]");
  expect(page).not.toContain("Every hidden layer");
  for (const format of ["latex", "markdown", "html"] as const)
    for (const notation of ["index", "matrix"] as const)
      expect(typeset(derivation, format, { notation })).toMatch(/id/);

  const deep = derive(
    network({ ...definition, layers: [dense(3), dense(3), dense(3), dense(2, "softmax")] }),
  );
  const deepPage = typeset(deep, "text");
  expect(deepPage).toContain("ℓ = 2: z² [3], W² [3, 3], b² [3], a² [3].");
  expect(deepPage).toContain("∂c/∂Wℓ[l,k] = ");
  expect(deepPage).not.toMatch(/[VEe]ℓ/);
});
