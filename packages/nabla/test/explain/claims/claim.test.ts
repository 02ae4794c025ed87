import { dense, network } from "nabla";
import { describe, expect, it, test } from "vitest";
import { claim } from "../../../src/explain/claims/claim.ts";
import { type NetworkName, networks } from "./networks.ts";
import { rightClaims } from "./right.ts";
import { wrongClaims } from "./wrong.ts";

const names = Object.keys(networks) as NetworkName[];

describe("right claims, written differently from ours, hold", () => {
  for (const name of names) {
    const net = networks[name]();
    test.each(rightClaims[name])(`${name}: %s`, (text) => {
      expect(claim(net, text)).toMatchObject({ holds: true, points: 20 });
    });
  }

  it("in sixty cases", () => {
    expect(names.flatMap((name) => rightClaims[name])).toHaveLength(60);
  });
});

describe("wrong claims are refuted, with numbers", () => {
  const named = new Map<string, string | undefined>();
  for (const name of names) {
    const net = networks[name]();
    test.each(wrongClaims[name])(`${name}, $slip: $claim`, (given) => {
      const { holds, counterexample, slip } = claim(net, given.claim);
      expect(holds).toBe(false);
      expect(counterexample?.claimed).not.toBe(counterexample?.derived);
      named.set(`${name}: ${given.claim}`, slip?.name === given.slip ? given.slip : undefined);
      if (slip !== undefined) expect(claim(net, slip.corrected).holds).toBe(true);
    });
  }

  it("in sixty cases, and in 80 % of them the slip that was made has its name", () => {
    expect(named.size).toBe(60);
    const right = [...named.values()].filter((slip) => slip !== undefined);
    expect(right.length / 60).toBeGreaterThanOrEqual(0.8);
  });
});

describe("claims about functions", () => {
  const net = networks.classic();

  it("may differentiate one of two numbers by the first", () => {
    const text = "delta2[n,k] = binary_cross_entropy'(z2[n,k], y[n,k])/N";
    expect(claim(networks.binary(), text)).toMatchObject({ holds: true, points: 20 });
  });

  test.each([
    ["sigmoid' = a*(a - 1)", "sign"],
    ["sigmoid' = a*(1 + a)", "sign"],
    ["sigmoid' = a", "σ for σ′"],
    ["sigmoid' = z*(1 - z)", "σ′(a) for σ′(z)"],
    ["tanh' = 1 - a", "power not differentiated"],
    ["tanh' = a*(1 - a)", "wrong activation"],
    ["leaky-relu' = select(z <= 0, 0.1, 1)", "wrong number"],
    ["gelu' = 1/2*(1 + erf(z/sqrt(2)))", "missing term"],
  ])("%s: %s", (text, slip) => {
    const result = claim(net, text);
    expect(result).toMatchObject({ holds: false, about: "function", slip: { name: slip } });
    expect(claim(net, result.slip?.corrected ?? "").holds).toBe(true);
  });

  it("may name the argument", () => {
    expect(claim(net, "sigmoid'(z) = a - a^2").holds).toBe(true);
  });
});

describe("further slips", () => {
  test.each<[NetworkName, string, string]>([
    ["classic", "delta2 = a2*sigmoid'(z2)", "missing term"],
    ["classic", "dC/db1[j] = sum_n delta1[n,j]*b1[j]", "extra factor"],
    ["classic", "dC/db1[j] = sum_n sum_i delta1[n,j]*x[n,i]", "extra factor"],
    ["classic", "dC/dW1[j,i] = sum_n delta1[n,j]", "missing factor"],
    ["classic", "dC/dW1[j,i] = delta1[j]*W1[j,i]", "wrong tensor"],
    ["classic", "dC/dW1[i,j] = sum_n delta1[n,j]*x[n,i]", "transposed index"],
    ["classic", "dC/dW1[j,i] = sum_n delta1[n,j]*x[n,j]", "wrong index"],
    ["classic", "delta1[j] = sum_k(W2[k,j]*delta2[k])*tanh'(z1[j])", "wrong activation"],
    ["classic", "delta2 = (y - a2)*a2", "σ for σ′ and sign"],
    ["classifier", "delta2 = (a2 - y)*a2*(1 - a2)", "extra σ′"],
    ["classifier", "delta2[n,k] = 2*(y[n,k] - a2[n,k])", "sign and missing ½ and missing 1/N"],
    ["binary", "dC/dW2[k,j] = sum_n delta2[n,k]*a1[n,j]", "missing term"],
    ["own", "dL/dh[j] = dL/dg[j]*sigmoid'(h[j])", "wrong activation"],
    ["own", "dL/dd[j] = dL/dh[j]*d[j]", "extra factor"],
  ])("%s, %s: %s", (name, text, slip) => {
    expect(claim(networks[name](), text)).toMatchObject({ holds: false, slip: { name: slip } });
  });
});

describe("a claim", () => {
  it("without the index of the rows is about one row, with it about the batch", () => {
    const net = networks.mean();
    expect(claim(net, "delta2[k] = a2[k] - y[k]")).toMatchObject({ holds: true, about: "row" });
    expect(claim(net, "delta2[n,k] = (a2[n,k] - y[n,k])/N")).toMatchObject({
      ...{ holds: true, about: "batch" },
    });
    expect(claim(net, "delta2[k] = (a2[k] - y[k])/N").holds).toBe(false);
    expect(claim(net, "delta2[n,k] = a2[n,k] - y[n,k]").holds).toBe(false);
  });

  it("of a softmax holds where targets add up to 1, and says so", () => {
    const { holds, assuming } = claim(networks.classifier(), "delta2 = a2 - y");
    expect({ holds, assuming }).toEqual({
      holds: true,
      assuming: "the y of each row add up to 1",
    });
    expect(
      claim(networks.classic(), "delta2[k] = (a2[k]-y[k])*sigmoid'(z2[k])*sum_m y[m]").holds,
    ).toBe(false);
  });

  it("that is wrong shows the numbers that it reads: a2 − y is what it claims", () => {
    const { counterexample } = claim(networks.classic(), "delta2 = a2 - y");
    const { element, values, claimed, derived } = counterexample as NonNullable<
      typeof counterexample
    >;
    const k = /\[(\d)\]/.exec(element)?.[0];
    const a = values[`a2${k}`] as number;
    expect(claimed).toBe(a - (values[`y${k}`] as number));
    expect(derived).toBeCloseTo(claimed * a * (1 - a), 12);
  });

  it("is refuted without a slip where none explains it, in less than two seconds", () => {
    const { holds, slip } = claim(networks.deep(), "delta1[j] = sqrt(abs(z1[j]))*W1[j,j]/7");
    expect(holds).toBe(false);
    expect(slip).toBeUndefined();
  }, 2_000);

  it("about a single output is not right because there is one term only", () => {
    expect(claim(networks.deep(), "delta3[l] = sum_l((a3[l] - y[l])*tanh'(z3[l]))").holds).toBe(
      false,
    );
  });

  it("may speak of a network of hundreds of units", () => {
    const net = network({
      inputs: 784,
      layers: [dense(128, "relu"), dense(10)],
      cost: "cross-entropy",
    });
    const text = "delta1[n,j] = sum_k(W2[k,j]*delta2[n,k])*relu'(z1[n,j])";
    expect(claim(net, text).holds).toBe(true);
    expect(claim(net, text.replace("*relu'(z1[n,j])", "")).slip?.name).toBe("missing σ′");
  });
});

describe("a formula that cannot be read", () => {
  const net = networks.classic();

  test.each([
    ["delta2 = (a2 - y", 'line 1, column 17: expected ")", got the end of the text'],
    ["delta1[j] sum", 'line 1, column 11: expected "=", got "sum"'],
    ["delta7 = 3", 'line 1, column 1: unknown name "delta7"; did you mean "delta1"?'],
    ["a1 = sigmoid'(z1)", "a claim is about a derivative, and a1 is none; write dC/da1"],
    ["dC/dx[n,i] = 1", "column 1: nothing is differentiated by x"],
    ["rleu' = 1", 'column 1: "rleu" is no function of one number; did you mean "relu"?'],
    ["delta2 = foo(a2)", 'column 10: unknown function "foo"'],
    ["delta2 = sigmod'(z2)", 'column 10: unknown function "sigmod′"; did you mean "sigmoid′"?'],
    ["delta1[j] = sum_k(W2[k,j]*dC/dz5[k])", 'column 27: unknown name "'],
    ["delta1[n,j] = sum_k W2[k,j]*delta2[k]", "name the row everywhere, for the batch, or nowhere"],
    ["dC/dW1[i,i] = 1", "column 10: index i stands twice on the left side"],
  ])("%s", (text, message) => {
    expect(() => claim(net, text)).toThrow(message);
  });

  it("is shown as it was written, with a caret below the place", () => {
    expect(() => claim(net, "dC / dW1[j,i] = sigmoid'(z1[j])*)")).toThrow(
      "\n    dC / dW1[j,i] = sigmoid'(z1[j])*)\n                                    ^",
    );
  });
});
