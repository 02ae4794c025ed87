/**
 * Checkpoints and the system: the order of the calls, processes killed at each of them, disks that are
 * full, broken or may not be written to. strace is Debian's; mounting needs root.
 */

import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createTable, loadCheckpoint, type TableCheckpoint, trainTable } from "nabla";
import { describe, expect, onTestFinished, test } from "vitest";
import { withCheckpoints } from "../../src/checkpoints/checkpoints.ts";
import { start } from "../process.ts";
import { folderWith, memory } from "../support.ts";
import { everything, modelIn, table } from "./training.ts";

const isCI = process.env.CI === "true";
const isRoot = process.getuid?.() === 0;
const hasStrace = spawnSync("strace", ["-V"]).status === 0;

const files = { "t.csv": table(120) };
const training = [...everything, "--epochs", "6", "--validation", "0"];
const kept = ["--checkpoint", "kept", "--checkpoint-every", "1"];

/** The model of a training that nothing happened to. */
let undisturbed: Buffer | undefined;
async function whole(): Promise<Buffer> {
  if (undisturbed !== undefined) return undisturbed;
  const cwd = folderWith(files);
  await (await start(training, { cwd })).outcome;
  undisturbed = modelIn(cwd);
  return undisturbed;
}

const namesIn = (folder: string): string[] => readdirSync(join(folder, "kept")).sort();
const isStep = (name: string): boolean => name.startsWith("step-");
const epochIn = (cwd: string, name: string): number => {
  const { state } = loadCheckpoint(readFileSync(join(cwd, "kept", name))) as TableCheckpoint;
  return state.counters.epoch;
};

/** Runs the training under strace. All file calls come from one thread: strace counts for each. */
async function traced(cwd: string, options: readonly string[]) {
  const log = join(cwd, "calls");
  const under = ["strace", "-f", "-y", "-o", log, ...options];
  const names = join(import.meta.dirname, "predictable-names.cjs");
  const before = `export UV_THREADPOOL_SIZE=1 UV_USE_IO_URING=0 NODE_OPTIONS=--require=${names}`;
  const { outcome } = await start([...training, ...kept], { cwd, before, under });
  return { ...(await outcome), calls: readFileSync(log, "utf8").split("\n") };
}

/** The files that the second checkpoint is written by. The first temporary one tries the model's place. */
const places = {
  temporary: "kept/.nabla-0000000000000003.tmp",
  folder: "kept",
  first: "kept/step-000000000006.safetensors",
};

/** One call about one file fails, or is the last. */
const injection = (
  cwd: string,
  {
    call,
    place,
    what,
    when,
  }: { call: string; place: keyof typeof places; what: string; when: number },
) => [
  ...["-P", join(cwd, places[place]), "-e", `trace=${call}`],
  ...["-e", `inject=${call}:${what}:when=${when}`],
];

describe.skipIf(!hasStrace && !isCI)("system calls (strace)", () => {
  test("a checkpoint is written, synced, renamed, and its folder synced, before an old one goes", async () => {
    const cwd = folderWith(files);
    const only = ["-e", "trace=write,fsync,rename,unlink"];
    const { code, calls } = await traced(cwd, only);
    expect(code).toBe(0);
    const seen = calls.flatMap((line) => {
      const [, call, place] = /^\d+ +(\w+)\([^"<]*[<"]([^>"]*)/.exec(line) ?? [];
      const inside = place?.split("/kept")[1];
      if (call === undefined || inside === undefined || inside === "/lock") return [];
      return [`${call} ${inside.startsWith("/.nabla") ? "temporary" : inside || "folder"}`];
    });
    const write = ["write temporary", "fsync temporary", "rename temporary", "fsync folder"];
    expect(seen.slice(0, 8)).toEqual([...write, ...write]);
    const third = seen.slice(8);
    expect(third.slice(0, 4)).toEqual(write);
    expect(seen.filter((call) => call === "fsync folder")).toHaveLength(6);
    for (const [i, call] of seen.entries())
      if (call.startsWith("unlink"))
        expect(seen.slice(0, i).at(-1)).toMatch(/^fsync folder|^unlink/);
  });

  test.each([
    ["write", "temporary", 1, [1]],
    ["fsync", "temporary", 1, [1]],
    ["rename", "temporary", 1, [1]],
    ["fsync", "folder", 2, [1, 2]],
    ["unlink", "first", 1, [1, 2, 3]],
  ] as const)(
    "a process killed at its %s (%s, %i) leaves sound checkpoints",
    async (call, place, when, epochs) => {
      const cwd = folderWith(files);
      const kill = injection(cwd, { call, place, when, what: "signal=KILL" });
      const { code, calls } = await traced(cwd, kill);
      expect(code).not.toBe(0);
      expect(calls.join("\n")).toContain("+++ killed by SIGKILL +++");
      expect(
        namesIn(cwd)
          .filter(isStep)
          .map((name) => epochIn(cwd, name)),
      ).toEqual(epochs);

      const resumed = await start([...training, ...kept, "--resume"], { cwd });
      const { code: end, stdout, stderr } = await resumed.outcome;
      expect(end, stderr).toBe(0);
      expect(stderr).toMatch(/^kept: the lock of process \d+, which is gone, is taken over$/m);
      expect(JSON.parse(stdout).resumed.epoch).toBe(epochs.at(-1));
      expect(namesIn(cwd).filter((name) => !isStep(name))).toEqual([]);
      expect(modelIn(cwd).equals(await whole())).toBe(true);
    },
  );

  test.each([
    ["write", "temporary", 1, "EIO", "i/o error"],
    ["write", "temporary", 1, "ENOSPC", "no space left on device"],
    ["fsync", "temporary", 1, "EIO", "i/o error"],
    ["rename", "temporary", 1, "EIO", "i/o error"],
    ["fsync", "folder", 2, "EIO", "i/o error"],
  ] as const)(
    "after a %s (%s, %i) with %s training goes on, and says so",
    async (call, place, when, error, words) => {
      const cwd = folderWith(files);
      const { code, stderr } = await traced(
        cwd,
        injection(cwd, { call, place, when, what: `error=${error}` }),
      );
      expect(code).toBe(0);
      expect(stderr).toContain(
        `kept/step-000000000012.safetensors could not be written: ${words}; training goes on`,
      );
      expect(namesIn(cwd).filter((name) => !isStep(name))).toEqual([]);
      expect(
        namesIn(cwd)
          .map((name) => epochIn(cwd, name))
          .slice(-2),
      ).toEqual([5, 6]);
      expect(modelIn(cwd).equals(await whole())).toBe(true);
    },
  );

  test("where every sync fails, no checkpoint takes the place of a temporary file", async () => {
    const cwd = folderWith(files);
    mkdirSync(join(cwd, "kept"));
    const fail = ["-e", "trace=fsync", "-e", "inject=fsync:error=EIO"];
    const { code, stderr } = await traced(cwd, fail);
    expect(code).toBe(74); // of the model's file
    expect(stderr.match(/could not be written: i\/o error/g)).toHaveLength(1);
    expect(namesIn(cwd)).toEqual([]);
    expect(readdirSync(cwd).sort()).toEqual(["calls", "kept", "t.csv"]);
  });
});

/** A checkpoint, and a training that saves it again and again, with what it prints. */
async function saving(cwd: string, work: (save: () => Promise<void>) => Promise<void>) {
  const columns = ["x", "y"].map((name) => ({
    name,
    type: "number" as const,
    values: Float64Array.from({ length: 20 }, (_, i) => Math.cos(i + name.length)),
  }));
  const checkpoints: TableCheckpoint[] = [];
  const save = (checkpoint: TableCheckpoint) => void checkpoints.push(checkpoint);
  const options = { target: "y", epochs: 5, hidden: [2], checkpoint: { save } };
  await trainTable(createTable("t", columns), options);

  const { stream: stderr, text } = memory();
  await withCheckpoints({ checkpoint: "kept" }, { cwd, stderr, env: {} }, async ({ options }) => {
    let next = 0;
    await work(async () => options.checkpoint?.save(checkpoints[next++]!));
  });
  return text();
}

describe("a folder that may not be written to any more", () => {
  const denied =
    /^kept\/step-\d+\.safetensors cannot be created: permission denied; training goes on, and the checkpoints before are as they were\n$/;

  test("is told of once; what is in it stays", async () => {
    const cwd = folderWith();
    const folder = join(cwd, "kept");
    const words = await saving(cwd, async (save) => {
      await save();
      chmodSync(folder, 0o555);
      chmodSync(cwd, 0o755);
      // Modes say nothing to root
      if (isRoot) process.seteuid!(65_534);
      try {
        await save();
        await save();
      } finally {
        if (isRoot) process.seteuid!(0);
        chmodSync(folder, 0o755);
      }
    });
    expect(words).toMatch(denied);
    expect(namesIn(cwd)).toEqual([expect.stringMatching(/^step-/)]);
    expect(epochIn(cwd, namesIn(cwd)[0]!)).toBe(1);
  });

  test("at the beginning, is an error before anything is trained", async () => {
    const cwd = folderWith(files);
    mkdirSync(join(cwd, "kept"), { mode: 0o555 });
    if (isRoot) for (const name of ["", "t.csv"]) chownSync(join(cwd, name), 65_534, 65_534);
    const asNobody = isRoot ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
    const { outcome } = await start([...training, ...kept], { cwd, under: asNobody });
    const { code, stdout } = await outcome;
    expect(code).toBe(73);
    expect(JSON.parse(stdout).error.message).toBe("kept cannot be written to: permission denied");
    expect(readdirSync(cwd).sort()).toEqual(["kept", "t.csv"]);
  });
});

describe.skipIf(!isRoot && !isCI)("a disk of 2 MiB (root, or sudo)", () => {
  const size = 2 * 2 ** 20;
  const asRoot = (...command: readonly string[]) => {
    const [program = "", ...args] = isRoot ? command : ["sudo", "-n", ...command];
    execFileSync(program, args);
  };

  function mounted(): string {
    const cwd = folderWith(files);
    const folder = join(cwd, "kept");
    mkdirSync(folder);
    asRoot("mount", "-t", "tmpfs", "-o", `size=${size},mode=1777`, "none", folder);
    onTestFinished(() => asRoot("umount", folder));
    return cwd;
  }

  test("that is full after the first checkpoint: training goes on, and says so once", async () => {
    const probe = folderWith(files);
    await (await start([...training, ...kept], { cwd: probe })).outcome;
    const { length } = readFileSync(join(probe, "kept", namesIn(probe)[0]!));

    const cwd = mounted();
    writeFileSync(join(cwd, "kept", "full"), new Uint8Array(size - 1.5 * length));
    const { code, stderr } = await (await start([...training, ...kept], { cwd })).outcome;
    expect(code).toBe(0);
    expect(
      stderr.match(/could not be written: no space left on device; training goes on/g),
    ).toHaveLength(1);
    expect(namesIn(cwd)).toEqual(["full", expect.stringMatching(/^step-/)]);
    expect(epochIn(cwd, namesIn(cwd)[1]!)).toBe(1);
    expect(modelIn(cwd).equals(modelIn(probe))).toBe(true);

    const resumed = await start([...training, ...kept, "--resume"], { cwd });
    expect(JSON.parse((await resumed.outcome).stdout).resumed.epoch).toBe(1);
  });

  test("that is full from the beginning is an error before anything is trained", async () => {
    const cwd = mounted();
    writeFileSync(join(cwd, "kept", "full"), new Uint8Array(size));
    const { code, stdout } = await (await start([...training, ...kept], { cwd })).outcome;
    expect(code).toBe(73);
    expect(JSON.parse(stdout).error.message).toBe(
      "kept cannot be written to: no space left on device",
    );
    expect(namesIn(cwd)).toEqual(["full"]);
  });

  test("that becomes read-only: training goes on, and says so once", async () => {
    const cwd = mounted();
    const folder = join(cwd, "kept");
    const words = await saving(cwd, async (save) => {
      await save();
      asRoot("mount", "-o", "remount,ro", folder);
      await save();
      await save();
      asRoot("mount", "-o", "remount,rw", folder);
      await save();
    });
    expect(words.match(/cannot be created: read-only file system; training goes on/g)).toHaveLength(
      1,
    );
    expect(namesIn(cwd).map((name) => epochIn(cwd, name))).toEqual([1, 4]);
  });
});
