/** A folder of its own for each test, and the world that a command sees. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { onTestFinished } from "vitest";
import type { Context } from "../src/context.ts";
import { run } from "../src/run.ts";

/** A new folder with these files, removed after the test. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "nabla-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

/** A stream that remembers what is written to it. */
export function memory({ isTTY = false } = {}): { stream: Writable; text: () => string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  if (isTTY) Object.assign(stream, { isTTY });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command in this folder, as if from a shell. */
export async function nabla(
  args: readonly string[],
  {
    cwd,
    stdin = "",
    ...rest
  }: { cwd: string; stdin?: string } & Partial<Omit<Context, "cwd" | "stdin">>,
): Promise<Outcome> {
  const stdout = memory();
  const stderr = memory();
  const code = await run(args, {
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout: stdout.stream,
    stderr: stderr.stream,
    cwd,
    env: {},
    ...rest,
  });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}
