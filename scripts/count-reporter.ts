// The last line of a test run: "N passed, N failed". A skipped test is counted and fails the run.

import type { Reporter } from "vitest/node";

export const countReporter: Reporter = {
  onTestRunEnd(modules, unhandledErrors) {
    let passed = 0;
    let skipped = 0;
    let failed = unhandledErrors.length;

    for (const module of modules) {
      // A file or suite fails on its own when an import or a hook throws.
      failed += module.errors().length;
      for (const suite of module.children.allSuites()) failed += suite.errors().length;

      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "passed") passed += 1;
        else if (state === "failed") failed += 1;
        else skipped += 1;
      }
    }

    if (skipped > 0) process.exitCode = 1;
    const skips = skipped > 0 ? `, ${skipped} skipped` : "";
    process.stdout.write(`${passed} passed, ${failed} failed${skips}\n`);
  },
};
