/** What is exported passes ONNX's own checker, where Python has it (Debian: python3-onnx). */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { exportOnnx } from "../../../src/files/onnx/export.ts";
import { network } from "../../../src/network.ts";
import { knownLists } from "../../equations/known-lists.ts";
import { models } from "../../onnx/models.ts";

const python = ["python3", "/usr/bin/python3"].find(
  (path) => spawnSync(path, ["-c", "import onnx"]).status === 0,
);

if (python === undefined) {
  console.warn("Not tested here: ONNX's checker; it comes with Debian's python3-onnx.");
} else {
  test("every model and every list passes the checker, shapes and types inferred", () => {
    const folder = mkdtempSync(join(tmpdir(), "nabla-test-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const nets = knownLists.map(({ name: _, rows: __, ...text }) => network(text));
    const files = [...Object.values(models), ...nets].map((model, i) => {
      const file = join(folder, `${i}.onnx`);
      writeFileSync(file, exportOnnx(model));
      return file;
    });
    const script = join(import.meta.dirname, "check.py");
    const { status, stderr } = spawnSync(python, [script, ...files], { encoding: "utf8" });
    expect(status, stderr).toBe(0);
  });
}
