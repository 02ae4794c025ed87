import { expect, test } from "vitest";
import { deriveGeneral } from "../../../src/explain/derive/general.ts";
import { chainOf, largestError, linesOf, sectionOf } from "../lines.ts";

const derivation = deriveGeneral();
const row = sectionOf(derivation, "Backward, for one row");
const batch = sectionOf(derivation, "Backward, for a batch");
const last = (section: typeof row, name: string) => linesOf(chainOf(section, name)).at(-1);

test("σ, σ′ and E′ stay symbols in the four equations of one row", () => {
  expect(last(row, "δ3")).toBe("E′(a3[l], y[l])·σ′(z3[l])");
  expect(last(row, "δ2")).toBe("(Σ_l δ3[l]·W3[l,k])·σ′(z2[k])");
  expect(last(row, "∂c/∂b2")).toBe("δ2[k]");
  expect(last(row, "∂c/∂W2")).toBe("δ2[k]·a1[j]");
});

test("and in those of a batch", () => {
  expect(last(batch, "δ3")).toBe("E′(a3[n,l], y[n,l])·σ′(z3[n,l])/N");
  expect(last(batch, "δ2")).toBe("(Σ_l δ3[n,l]·W3[l,k])·σ′(z2[n,k])");
  expect(last(batch, "∂C/∂b2")).toBe("Σ_n δ2[n,k]");
  expect(last(batch, "∂C/∂W2")).toBe("Σ_n δ2[n,k]·a1[n,j]");
});

test("and, with ℓ for the number, in those of every hidden layer", () => {
  const layer = sectionOf(derivation, "Every hidden layer ℓ");
  expect(last(layer, "δℓ")).toBe("(Σ_l δℓ+1[l]·Wℓ+1[l,k])·σ′(zℓ[k])");
  expect(last(layer, "∂c/∂bℓ")).toBe("δℓ[k]");
  expect(last(layer, "∂c/∂Wℓ")).toBe("δℓ[k]·aℓ−1[j]");
  expect(layer.text.at(-1)).toBe("For ℓ = 1, x stands for aℓ−1.");
});

test("every step is proven at three points with each of fifteen activations", () => {
  expect(largestError(derivation)).toBeLessThanOrEqual(1e-9);
  expect(chainOf(row, "δ2").links.map(({ verified }) => verified.points)).toContain(45);
});
