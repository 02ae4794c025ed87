/** What docs/files.md states as facts. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { saveCheckpoint } from "../../src/files/checkpoint.ts";
import { saveModel } from "../../src/files/model.ts";
import { readSafetensors, writeSafetensors } from "../../src/files/safetensors.ts";
import { trainTable } from "../../src/tables/train.ts";
import { birds, everything, trained } from "../tables/checkpointed.ts";

const page = readFileSync(new URL("../../../../docs/files.md", import.meta.url), "utf8");

/** The parts in the table of a section, with what it says of each. */
function partsIn(title: string): Map<string, string> {
  const section = page.split("\n## ").find((text) => text.startsWith(title)) ?? "";
  const rows = section.matchAll(/^\| `(\w+)` \| (.*) \|$/gm);
  return new Map(Array.from(rows, ([, part = "", text = ""]) => [part, text]));
}

let run: Awaited<ReturnType<typeof trained>>;
let bytes: { readonly model: Uint8Array; readonly checkpoint: Uint8Array };

beforeAll(async () => {
  run = await trained({ ...everything, epochs: 2 });
  bytes = { model: saveModel(run.model), checkpoint: saveCheckpoint(run.checkpoints.at(-1)!) };
});

describe.each([
  ["model", "The model file"],
  ["checkpoint", "Checkpoints"],
] as const)("a %s", (kind, title) => {
  test("has the parts that the page lists, of the format that it names", () => {
    const { metadata } = readSafetensors(bytes[kind]);
    const parts = partsIn(title);
    expect([...parts.keys()].sort()).toEqual(Object.keys(metadata).sort());
    expect(parts.get("format")).toBe(`\`${metadata.format}\``);
    const { format } = JSON.parse(metadata.versions!);
    expect(parts.get("versions")).toContain(`{"format":${format},…}`);
  });

  test("has the checksum that the page's Python computes", () => {
    const [, script = ""] = /```python\n([^`]*)```/.exec(page) ?? [];
    const folder = mkdtempSync(join(tmpdir(), "nabla-test-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "x.safetensors");
    writeFileSync(file, bytes[kind]);
    const { stdout, stderr } = spawnSync("python3", ["-c", script, file], { encoding: "utf8" });
    const { checksum } = readSafetensors(bytes[kind]).metadata;
    expect(stdout, stderr).toBe(`${checksum} ${checksum}\n`);
  });
});

test("the tensors of a checkpoint are those that the page names", () => {
  const names = [...readSafetensors(bytes.checkpoint).tensors.keys()];
  expect(names).toEqual(["parameters", "slot m", "slot s", "best", "history"]);
  for (const name of ["parameters", "slot m", "best", "history"])
    expect(page).toContain(`\`${name}\``);
});

test("the error of another seed reads as on the page", async () => {
  const resume = run.checkpoints.at(-1)!;
  const [, message = ""] = /^ {4}(the checkpoint is of another training: .*)$/m.exec(page) ?? [];
  const given = { ...everything, epochs: 2, resume: { ...resume } };
  const origin = { ...resume.origin, options: { ...resume.origin.options, seed: 3 } };
  await expect(
    trainTable(birds(), { ...given, seed: 4, resume: { ...resume, origin } }),
  ).rejects.toThrow(message);
});

test("the limits are those of the page", () => {
  expect(page).toContain("25,000,000 bytes");
  expect(page).toContain("65,536 names");
  const shape = Array.from({ length: 8 }, () => 1);
  const tensor = { dtype: "U8", shape, data: Uint8Array.of(1) } as const;
  writeSafetensors({ tensors: new Map([["of 8 dimensions", tensor]]) });
});
