import {
  activationNames,
  adam,
  dense,
  diagnose,
  type Epoch,
  findingLines,
  network,
  sgd,
  type TrainingData,
  type TrainingOptions,
  train,
} from "nabla";
import { describe, expect, test } from "vitest";
import { momentsOf } from "../../src/tables/columns/moments.ts";
import { columnOf } from "../../src/tables/table.ts";
import { randomStream } from "../../src/train/random.ts";
import { readPenguins } from "../tables/penguins.ts";
import { data, definition, sample, snapshot } from "../train/training.ts";

const penguins = readPenguins();

/** Three quarters of the rows to train, standardised, and a quarter to stop by. */
function prepared(target: "Species" | "Body Mass (g)") {
  const column = (name: string) => columnOf(penguins, name).values as (string | number)[];
  const known = Array.from(column("Body Mass (g)"), (_, row) => row).filter(
    (row) => !Number.isNaN(column("Body Mass (g)")[row]),
  );
  const [training, held] = [known.filter((_, i) => i % 4 > 0), known.filter((_, i) => i % 4 === 0)];
  const slots = (name: string) =>
    [...new Set(column(name))].map((category) => ({
      name: `${name} = ${category}`,
      at: (row: number) => Number(column(name)[row] === category),
    }));
  const standard = (name: string) => {
    const { mean, scale } = momentsOf(training.map((row) => column(name)[row] as number));
    return { name, at: (row: number) => ((column(name)[row] as number) - mean) / scale };
  };
  const measures = ["Beak Length (mm)", "Beak Depth (mm)", "Flipper Length (mm)"];
  const features = [...measures.map(standard), ...slots("Island"), ...slots("Sex")];
  const targets = target === "Species" ? slots(target) : [standard(target)];
  const encoded = (rows: readonly number[]) => ({
    inputs: Float64Array.from(rows.flatMap((row) => features.map(({ at }) => at(row)))),
    targets: Float64Array.from(rows.flatMap((row) => targets.map(({ at }) => at(row)))),
  });
  const columns = features.map(({ name }) => name);
  return { data: encoded(training), validation: encoded(held), columns };
}

describe.each([
  ["Species", "cross-entropy", 3],
  ["Body Mass (g)", "squared-error", 1],
] as const)("of sound trainings for %s, with ten seeds,", (target, cost, outputs) => {
  const { data, validation, columns } = prepared(target);
  test.each(activationNames)("nothing is found with %s, before and after", async (activation) => {
    for (let seed = 1; seed <= 10; seed++) {
      const layers = [dense(32, activation), dense(16, activation), dense(outputs)];
      const net = network({ inputs: columns.length, layers, cost, seed });
      expect(diagnose(net, data, { columns, validation }).findings).toEqual([]);
      const history: Epoch[] = [];
      const optimizer = adam({ learningRate: 0.003 });
      const training = train(net, data, { optimizer, epochs: 200, validation, patience: 20 });
      for await (const epoch of training) history.push(epoch);
      expect(diagnose(net, data, { columns, validation, history }).findings).toEqual([]);
    }
  });
});

describe("of trainings that went wrong", () => {
  const { data, validation, columns } = prepared("Species");
  const found = async (
    hidden: readonly number[],
    { given = data, ...options }: TrainingOptions & { given?: TrainingData },
  ) => {
    const layers = [...hidden.map((units) => dense(units, "tanh")), dense(3)];
    const net = network({ inputs: columns.length, layers, cost: "cross-entropy", seed: 2 });
    const history: Epoch[] = [];
    for await (const epoch of train(net, given, options)) history.push(epoch);
    return diagnose(net, given, {
      columns,
      validation: options.validation ?? validation,
      history,
    }).findings.map(({ code }) => code);
  };
  const labels = ({ inputs, targets }: typeof data, label: (row: number) => number) => {
    const classes = Array.from({ length: targets.length / 3 }, (_, row) => label(row));
    return { inputs, targets: targets.map((_, i) => Number(i % 3 === classes[Math.floor(i / 3)])) };
  };

  test("the rate is too low where plain descent creeps", async () => {
    const codes = await found([16], { optimizer: sgd({ learningRate: 1e-3 }), epochs: 40 });
    expect(codes).toEqual(["rate-too-low"]);
  });

  test("the rate is too low where the cost stands still on a slope", async () => {
    const codes = await found([16], { optimizer: sgd({ learningRate: 1e-5 }), epochs: 20 });
    expect(codes).toEqual(["rate-too-low"]);
  });

  test("the rate is too high where Adam leaps", async () => {
    const codes = await found([16], { optimizer: adam({ learningRate: 10 }), epochs: 40 });
    expect(codes[0]).toBe("rate-too-high");
  });

  test("a network overfits labels without a meaning", async () => {
    const random = randomStream(1, "split");
    const few = {
      inputs: data.inputs.slice(0, 60 * columns.length),
      targets: data.targets.slice(0, 60 * 3),
    };
    const given = labels(few, () => random.below(3));
    const made = labels(validation, () => random.below(3));
    const optimizer = adam({ learningRate: 0.01 });
    const codes = await found([64], { given, validation: made, optimizer, epochs: 100 });
    expect(codes).toEqual(["overfitting"]);
  });

  test("a network underfits where there is little to see", async () => {
    const inputs = data.inputs.map((_, i) => [1, -1][i % 2]!);
    const given = labels({ ...data, inputs }, (row) => row % 3);
    expect(await found([4], { given, epochs: 20 })).toEqual(["underfitting"]);
  });
});

describe("a diagnosis", () => {
  test("is plain data, the same every time, and leaves the network as it is", () => {
    const net = network(definition);
    const before = snapshot(net);
    const first = diagnose(net, data);
    expect(JSON.parse(JSON.stringify(first))).toEqual(first);
    expect(diagnose(net, data)).toEqual(first);
    expect(net.parameters).toEqual(before);
    expect(Object.keys(first)).toEqual(["units", "gradients", "findings"]);
  });

  test("puts causes before what follows from them", async () => {
    const net = network({ ...definition, layers: [dense(8, "tanh"), dense(1)] });
    const raw = sample(100);
    const inputs = raw.inputs.map(([a, b]) => [1000 * a!, 1000 * b!]);
    const history: Epoch[] = [];
    const options = { optimizer: sgd({ learningRate: 0.9 }), epochs: 20 };
    for await (const epoch of train(net, { ...raw, inputs }, options)) history.push(epoch);
    const codes = diagnose(net, { ...raw, inputs }, { history }).findings.map(({ code }) => code);
    const expected = ["unscaled-column", "rate-too-high", "saturated-units", "small-gradients"];
    expect(codes).toEqual(expected);
  });

  test("looks at a sample of many rows", () => {
    const many = sample(5000);
    const inputs = many.inputs.map((row, n) => (n === 4999 ? [1e6, 0] : row));
    expect(diagnose(network(definition), { ...many, inputs }).gradients).toHaveLength(4);
  });

  test.each([
    [{ histroy: [] }, 'unknown diagnosis option "histroy"; did you mean "history"?'],
    [{ columns: ["a"] }, "columns must be 2 names, got 1"],
    [{ validation: { inputs: [], targets: [] } }, "validation inputs have no rows"],
  ])("refuses %o", (options, message) => {
    expect(() => diagnose(network(definition), data, options as object)).toThrow(message);
  });
});

describe("the lines for people", () => {
  const findings = [
    {
      ...{ code: "overfitting" as const, message: "", where: "epochs 11 to 40" },
      figure:
        "the validation cost rose from 0.412 to 0.67, while that of training fell from 0.09154 to 0.02637",
      remedy: "add a penalty on the weights, l2, say 0.001",
    },
  ];

  test("have the remedy beneath, in 80 columns", () => {
    expect(findingLines({ findings })).toEqual([
      "epochs 11 to 40: the validation cost rose from 0.412 to 0.67, while that of",
      "  training fell from 0.09154 to 0.02637",
      "  → add a penalty on the weights, l2, say 0.001",
    ]);
  });

  test("are none where nothing is wrong", () => {
    expect(findingLines(diagnose(network(definition), data))).toEqual([]);
  });
});
