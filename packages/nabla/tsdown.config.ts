import { defineConfig } from "tsdown";

export default defineConfig({
  entry: { index: "src/index.ts", files: "src/files/index.ts" },
  fixedExtension: false,
  platform: "neutral",
  target: "es2023",
  dts: true,
});
