/** One module in every engine that nabla supports. */

import { expect, test } from "vitest";
import type { Agreement } from "./agreement.ts";
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
