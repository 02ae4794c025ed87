/** A training in a worker is the one that runs here, in every engine. */

import { beforeAll, describe, expect, test } from "vitest";
import { engines } from "../engines/engines.ts";
import type { main } from "../engines/workers.ts";

describe.each([...engines])("in %s a training in a worker", (_, run) => {
  let report: Awaited<ReturnType<typeof main>>;
  beforeAll(async () => {
    report = (await run("workers")) as typeof report;
  });

  test("has the epochs, the end and the parameters that it has without one, to the bit", () => {
    const { outcomes } = report;
    const names = Object.entries(outcomes).map(([name, { here, inWorker }]) => {
      expect(inWorker, name).toEqual(here);
      return name;
    });
    expect(names).toHaveLength(13);
  });

  test("ends as it should: by patience, by divergence, by an abort", () => {
    const { outcomes } = report;
    const endOf = (name: string) => outcomes[name]?.inWorker.end;
    expect(endOf("every option")).toMatchObject({ stopped: "patience" });
    expect(endOf("a divergence")).toMatchObject({ name: "NablaError", code: "diverged" });
    expect(endOf("a divergence")).toMatchObject({ details: { expected: "finite numbers" } });
    expect(endOf("an abort between epochs")).toMatchObject({ epochs: 2, stopped: "aborted" });
    expect(endOf("an abort before the first step")).toMatchObject({ steps: 0 });
  });

  test("hears an abort while it is at work", () => {
    const { stopped, inWorker, here } = report.aborted;
    expect(stopped).toBe("aborted");
    expect(inWorker).toEqual(here);
  });

  test("leaves the caller its data", () => {
    const { got, expected } = report.given;
    expect(got).toEqual(expected);
  });

  test("lets this thread go on during a step, which it does not without one", () => {
    const { here, inWorker } = report.ticks;
    expect(here.ticks).toBeLessThan(5);
    expect(inWorker.ticks, `in ${inWorker.seconds} s`).toBeGreaterThan(20);
  });
});
