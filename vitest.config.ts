import { defineConfig } from "vitest/config";
import { countReporter } from "./scripts/count-reporter.ts";

// "source" maps "nabla" to packages/nabla/src: tests need no build.
const conditions = ["source"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["packages/*/test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    setupFiles: ["scripts/seed-properties.ts"],
    reporters: ["default", countReporter],
  },
});
