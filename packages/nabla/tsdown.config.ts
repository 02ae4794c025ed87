import { defineConfig } from "tsdown";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    explain: "src/explain/index.ts",
    files: "src/files/index.ts",
    predict: "src/predict/index.ts",
    // What package.json's imports choose from, and what they start
    "host/node": "src/host/node.ts",
    "host/browser": "src/host/browser.ts",
    "host/browser-caller": "src/host/browser-caller.ts",
    "host/worker": "src/host/worker.ts",
  },
  deps: { neverBundle: [/^#/, /^node:/] },
  fixedExtension: false,
  platform: "neutral",
  target: "es2023",
  dts: {
    entry: ["src/index.ts", "src/explain/index.ts", "src/files/index.ts", "src/predict/index.ts"],
  },
});
