import { defineConfig } from "tsdown";

export default defineConfig({
  entry: ["src/index.ts"],
  fixedExtension: false,
  platform: "neutral",
  target: "es2023",
  dts: true,
});
