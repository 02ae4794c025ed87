import { defineConfig } from "tsdown";

export default defineConfig({
  entry: { main: "src/main.ts", "tune-worker": "src/tuning/worker.ts" },
  fixedExtension: false,
  platform: "node",
  target: "node20",
});
