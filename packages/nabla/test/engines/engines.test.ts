/** One module in every engine that nabla supports. */

import { expect, test } from "vitest";
import type { Agreement } from "./agreement.ts";
import type { Errors } from "./elementary.ts";
import { engines, missing } from "./engines.ts";

const remedy = "bash .ci/run installs it";

if (process.env.CI === "true") {
  test("every engine is on this machine", () => {
    expect(missing, remedy).toEqual([]);
  });
} else {
  for (const engine of missing) console.warn(`Not tested here: ${engine}; ${remedy}.`);
}

/** As in the contract of the backends, of the largest magnitude of what is compared. */
const tolerance = { float64: 1e-12, float32: 2e-4 };

test.each([...engines])("the compiled module agrees with evaluate in %s", async (engine, run) => {
  const { fused, networks } = (await run("agreement")) as Agreement;
  expect(fused, "fused multiply-add").toBe(engine !== "Node 20");
  expect(networks.length).toBeGreaterThan(30);
  for (const { name, precision, errors } of networks) {
    for (const [what, error] of Object.entries(errors)) {
      expect(error, `${what} of ${name} in ${precision}`).toBeLessThan(tolerance[precision]);
    }
  }
});

test.each([...engines])("elementary functions are as exact as they say in %s", async (_, run) => {
  const { functions } = (await run("elementary")) as Errors;
  expect(functions.length).toBe(14);
  for (const { name, precision, bound, worst, wrong } of functions) {
    expect(wrong, `values of ${name} in ${precision}`).toBe(0);
    expect(worst, `${name} in ${precision}`).toBeLessThanOrEqual(bound);
    expect(worst, `${name} in ${precision} is measured`).toBeGreaterThan(0.5);
  }
});
