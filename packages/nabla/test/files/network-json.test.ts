import { network } from "nabla";
import { readDefinition, readParameters } from "nabla/files";
import { describe, expect, it } from "vitest";

const name = "net.json";

describe("readDefinition", () => {
  it("takes the fields of network(), of equations and of layers", () => {
    const equations = {
      equations: "a[n,j] = sum_i W[j,i]*x[n,i]; C = 1/N*sum_n sum_j (a[n,j] - y[n,j])^2",
      extents: { i: 2, j: 3 },
      ...{ inputs: "x", targets: "y", outputs: "a", cost: "C" },
    };
    expect(readDefinition({ name, text: JSON.stringify(equations) })).toEqual(equations);
    const layers = { inputs: 2, layers: [{ layer: "dense", units: 1 }], cost: "huber" };
    const net = network(readDefinition({ name, text: JSON.stringify(layers) }));
    expect(net.shapes.get("W1")).toEqual([1, 2]);
  });

  it.each([
    ['{"layers": [], "cost": "huber"}', "net.json: expected the fields inputs, layers, cost, l1,"],
    ['{"layers": [{}], "inputs": 1, "cost": 3}', "net.json.layers[0]: expected layer dense or"],
    ['{"equations": "a"', 'net.json, byte 17: expected "}", got the end of the text'],
  ])("refuses %s", (text, message) => {
    expect(() => readDefinition({ name, text })).toThrow(message);
  });
});

describe("readParameters", () => {
  const shapes = new Map([
    ["W1", [2, 3]],
    ["b1", [2]],
  ]);
  const read = (text: string) => readParameters({ name, text }, shapes);

  it("gives them flat and row-major, and some may be left out", () => {
    expect(read('{ "W1": [[1, 2, 3], [4, 5, 6]] }')).toEqual(new Map([["W1", [1, 2, 3, 4, 5, 6]]]));
  });

  it.each([
    ["[1]", "net.json: expected an object of parameters, got a list"],
    ['{ "w1": [] }', 'net.json: unknown parameter "w1"; did you mean "W1"? known: W1, b1'],
    ['{ "b1": [1, 2, 3] }', "net.json, b1: expected 2 numbers, got 3"],
    ['{ "b1": 1 }', "net.json, b1: expected 2 numbers, got 1"],
    ['{ "W1": [[1, 2, 3], 4] }', "net.json, W1[1]: expected 3 numbers, got 4"],
    ['{ "W1": [[1, 2, 3], [4, 5, "6"]] }', 'net.json, W1[1][2]: expected a number, got "6"'],
  ])("refuses %s, and names the place", (text, message) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: "data", message }));
  });
});
