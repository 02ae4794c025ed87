import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { loadCheckpoint, type TableCheckpoint } from "nabla";
import { readSafetensors, writeSafetensors } from "nabla/files";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { folderWith, nabla } from "../support.ts";
import { everything, modelIn, table } from "./training.ts";

const files = { "t.csv": table(120) };
const training = [...everything, "--epochs", "8"];
const kept = ["--checkpoint", "kept"];

/** By the definition, bit by bit. */
function crc32(pieces: readonly Buffer[]): string {
  let crc = 0xffff_ffff;
  for (const byte of Buffer.concat(pieces)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb8_8320 : 0);
  }
  return (~crc >>> 0).toString(16).padStart(8, "0");
}

const namesIn = (cwd: string): string[] => readdirSync(join(cwd, "kept")).sort();
const pathOf = (cwd: string, name: string): string => join(cwd, "kept", name);
const checkpointIn = (cwd: string, name: string): TableCheckpoint =>
  loadCheckpoint(readFileSync(pathOf(cwd, name))) as TableCheckpoint;

/** A folder after a training with checkpoints. */
async function trained(flags: readonly string[] = []): Promise<string> {
  const cwd = folderWith(files);
  const { code, stderr } = await nabla([...training, ...kept, ...flags], { cwd });
  expect(code, stderr).toBe(0);
  return cwd;
}

describe("--checkpoint", () => {
  test("changes no bit of the model", async () => {
    const plain = folderWith(files);
    await nabla(training, { cwd: plain });
    expect(modelIn(await trained()).equals(modelIn(plain))).toBe(true);
  });

  test("keeps the last two and the best, and lets the folder go", async () => {
    const cwd = await trained(["--epochs", "40", "--patience", "40"]);
    const names = namesIn(cwd);
    const [best, ...last] = names.map((name) => checkpointIn(cwd, name));
    expect(names).toHaveLength(3);
    expect(last.map(({ state }) => state.counters.epoch)).toEqual([39, 40]);
    const costs = last.at(-1)!.history.map(({ validationCost }) => validationCost!);
    expect(best!.history.at(-1)!.validationCost).toBe(Math.min(...costs));
    expect(best!.state.counters.epoch).toBe(best!.state.counters.best!.epoch);
  });

  test.each([
    [[], [7, 8]],
    [
      ["--checkpoint-every", "3"],
      [3, 6],
    ],
    [
      ["--checkpoint-every", "3epochs"],
      [3, 6],
    ],
    [
      ["--checkpoint-every", "15steps"],
      [3, 6],
    ], // of 5 steps each
  ])("%j", async (flags, epochs) => {
    const cwd = await trained(flags);
    const found = namesIn(cwd).map((name) => checkpointIn(cwd, name).state.counters.epoch);
    expect(found.slice(-2)).toEqual(epochs);
  });

  test.each([
    [["--checkpoint-every", "5"], "--checkpoint-every needs --checkpoint; name the folder"],
    [["--resume"], "--resume needs --checkpoint; name the folder"],
    [[...kept, "--checkpoint-every", "0"], "--checkpoint-every must be so many epochs, steps or"],
    [[...kept, "--checkpoint-every", "1.5"], "--checkpoint-every must be"],
    [[...kept, "--checkpoint-every", "1.5steps"], "--checkpoint-every must be"],
    [[...kept, "--checkpoint-every", "0s"], "--checkpoint-every must be"],
    [[...kept, "--checkpoint-every", "2 weeks"], "--checkpoint-every must be"],
  ])("%j is a mistake", async (flags, message) => {
    const { code, stdout } = await nabla([...training, ...flags], { cwd: folderWith(files) });
    expect(code).toBe(64);
    expect(JSON.parse(stdout).error.message).toContain(message);
  });

  test("does not write beside the checkpoints of another training", async () => {
    const cwd = await trained();
    const before = namesIn(cwd);
    const { code, stdout } = await nabla([...training, ...kept], { cwd });
    expect(code).toBe(64);
    expect(JSON.parse(stdout).error.message).toBe(
      "kept holds the checkpoints of a training already; add --resume to go on from them, or name another folder",
    );
    expect(namesIn(cwd)).toEqual(before);
  });

  test.each([
    ["a file", { ...files, kept: "" }, "kept cannot be created: file already exists"],
    ["within a file", { ...files, "kept.txt": "" }, "cannot be created: not a directory"],
  ])("cannot be %s", async (_, files, message) => {
    const cwd = folderWith(files);
    const name = "kept.txt" in files ? "kept.txt/x" : "kept";
    const { code, stdout } = await nabla([...training, "--checkpoint", name], { cwd });
    expect(code).toBe(73);
    expect(JSON.parse(stdout).error.message).toContain(message);
  });
});

describe("--resume", () => {
  test("starts afresh where there is no checkpoint, and says so", async () => {
    const cwd = folderWith(files);
    const { code, stdout, stderr } = await nabla([...training, ...kept, "--resume"], { cwd });
    expect(code).toBe(0);
    expect(stderr).toContain("kept holds no checkpoint: training starts afresh\n");
    expect(JSON.parse(stdout)).not.toHaveProperty("resumed");
    expect(modelIn(cwd).equals(modelIn(await trained()))).toBe(true);
  });

  test("goes on from the newest, to the same bits", async () => {
    const cwd = await trained(["--checkpoint-every", "13steps"]);
    const whole = modelIn(cwd);
    rmSync(join(cwd, "t.safetensors"));
    const { stdout, stderr } = await nabla([...training, ...kept, "--resume"], { cwd });
    expect(stderr).toContain(
      "going on from kept/step-000000000039.safetensors: epoch 7, step 39\n",
    );
    expect(JSON.parse(stdout).resumed).toEqual({ epoch: 7, step: 39 });
    expect(modelIn(cwd).equals(whole)).toBe(true);
  });

  test("finishes a training that was interrupted", async () => {
    const cwd = folderWith(files);
    const controller = new AbortController();
    const long = [...everything, "--epochs", "3000", "--patience", "3000", ...kept];
    const every = ["--checkpoint-every", "100"];
    const running = nabla([...long, ...every], { cwd, signal: controller.signal });
    while (!existsSync(join(cwd, "kept")) || !namesIn(cwd).some((name) => name.startsWith("step-")))
      await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort("SIGTERM");
    const { code, stderr } = await running;
    expect(code).toBe(143);
    expect(stderr).toContain("interrupted: t.safetensors holds what was learnt until then");
    const { epoch, step } = checkpointIn(cwd, namesIn(cwd).at(-1)!).state.counters;
    expect(epoch).toBeLessThan(3000);

    const whole = folderWith(files);
    await nabla(long.slice(0, -2), { cwd: whole });
    const resumed = await nabla([...long, ...every, "--resume"], { cwd });
    expect(JSON.parse(resumed.stdout).resumed).toEqual({ epoch, step });
    expect(modelIn(cwd).equals(modelIn(whole))).toBe(true);
  });

  test("refuses another seed and names it", async () => {
    const cwd = await trained();
    const before = modelIn(cwd);
    const args = [...training, ...kept, "--resume", "--seed", "4"];
    const { code, stdout } = await nabla(args, { cwd });
    expect(code).toBe(65);
    expect(JSON.parse(stdout).error).toMatchObject({
      where: "resume, seed",
      expected: "3",
      got: "4",
    });
    expect(modelIn(cwd).equals(before)).toBe(true);
  });

  test("refuses another table and names the column", async () => {
    const cwd = await trained();
    writeFileSync(join(cwd, "t.csv"), table(120).replace(",u,", ",v,"));
    const { code, stdout } = await nabla([...training, ...kept, "--resume"], { cwd });
    expect(code).toBe(65);
    expect(JSON.parse(stdout).error.where).toBe('resume, column "c"');
  });
});

describe("damage", () => {
  const damages: readonly [string, (bytes: Buffer) => Buffer][] = [
    [
      "a flipped bit",
      (bytes) => Buffer.from(bytes.map((byte, i) => (i === 9000 ? byte ^ 4 : byte))),
    ],
    ["its end cut off", (bytes) => bytes.subarray(0, -1)],
    ["nothing in it", () => Buffer.alloc(0)],
  ];

  test.each(damages)("of the newest, %s: the one before is used, loudly", async (_, damage) => {
    const cwd = await trained();
    const whole = modelIn(cwd);
    const newest = namesIn(cwd).at(-1)!;
    writeFileSync(pathOf(cwd, newest), damage(readFileSync(pathOf(cwd, newest))));
    const { code, stdout, stderr } = await nabla([...training, ...kept, "--resume"], { cwd });
    expect(code).toBe(0);
    expect(stderr).toContain(`kept/${newest} is damaged and not used: `);
    expect(JSON.parse(stdout).resumed).toEqual({ epoch: 7, step: 35 });
    expect(modelIn(cwd).equals(whole)).toBe(true);
    expect(checkpointIn(cwd, newest).state.counters.epoch).toBe(8); // written anew
  });

  test("of all of them: training starts afresh, and says so", async () => {
    const cwd = await trained();
    const whole = modelIn(cwd);
    for (const name of namesIn(cwd)) writeFileSync(pathOf(cwd, name), "x");
    const { code, stderr } = await nabla([...training, ...kept, "--resume"], { cwd });
    expect(code).toBe(0);
    expect(stderr.match(/is damaged and not used/g)!.length).toBeGreaterThanOrEqual(2);
    expect(stderr).toContain("kept holds no checkpoint that is sound: training starts afresh\n");
    expect(modelIn(cwd).equals(whole)).toBe(true);
    for (const name of namesIn(cwd)) checkpointIn(cwd, name);
  });

  test("is not what another version wrote, nor what cannot be read: that stays", async () => {
    const cwd = await trained();
    const newest = namesIn(cwd).at(-1)!;
    const { tensors, metadata } = readSafetensors(readFileSync(pathOf(cwd, newest)));
    const later = { ...metadata, versions: '{"format":2,"nabla":"9.0.0"}' };
    const { checksum: _, ...parts }: Record<string, string> = later;
    const shapes = Array.from(tensors, ([name, { dtype, shape }]) => [name, dtype, shape]);
    const said = [...Object.entries(parts).sort(([a], [b]) => (a < b ? -1 : 1)), ...shapes];
    const data = Array.from(tensors.values(), ({ data }) =>
      Buffer.from(data.buffer, data.byteOffset, data.byteLength),
    );
    const sum = crc32([Buffer.from(JSON.stringify(said)), ...data]);
    const bytes = writeSafetensors({ tensors, metadata: { ...parts, checksum: sum } });
    writeFileSync(pathOf(cwd, newest), bytes);
    const { code, stdout } = await nabla([...training, ...kept, "--resume"], { cwd });
    expect(code).toBe(65);
    expect(JSON.parse(stdout).error.message).toBe(
      `kept/${newest}: checkpoint, versions.format: expected 1, got 2`,
    );
    expect(readFileSync(pathOf(cwd, newest)).equals(bytes)).toBe(true);

    rmSync(pathOf(cwd, newest));
    mkdirSync(pathOf(cwd, newest));
    expect((await nabla([...training, ...kept, "--resume"], { cwd })).code).toBe(74);
  });

  test("leaves temporary files behind, which go at the next start", async () => {
    const cwd = await trained();
    writeFileSync(pathOf(cwd, ".nabla-0123456789abcdef.tmp"), "half");
    writeFileSync(pathOf(cwd, "notes.txt"), "mine");
    await nabla([...training, ...kept, "--resume"], { cwd });
    expect(namesIn(cwd).filter((name) => !name.startsWith("step-"))).toEqual(["notes.txt"]);
  });
});

describe("a folder in use", () => {
  /** When a process began, as Linux tells. */
  const startOf = (pid: number) =>
    readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ")[19];

  test("by a process that is there is refused", async () => {
    const child = spawn("sleep", ["60"]);
    onTestFinished(() => void child.kill());
    await once(child, "spawn");
    const cwd = await trained();
    writeFileSync(pathOf(cwd, "lock"), `${child.pid} ${startOf(child.pid!)}\n`);
    const { code, stdout } = await nabla([...training, ...kept, "--resume"], { cwd });
    expect(code).toBe(73);
    expect(JSON.parse(stdout).error.message).toBe(
      `kept is in use by process ${child.pid}, which trains; wait for it, or name another folder`,
    );
    expect(namesIn(cwd)).toContain("lock");
  });

  test.each([
    ["gone", () => `${2 ** 22 + 1} 12345\n`, `process ${2 ** 22 + 1}`],
    ["gone, its number given again", () => `${process.pid} 1\n`, `process ${process.pid}`],
  ])("by a process that is %s is taken over, and it says so", async (_, lock, name) => {
    const cwd = await trained();
    writeFileSync(pathOf(cwd, "lock"), lock());
    const { code, stderr } = await nabla([...training, ...kept, "--resume"], { cwd });
    expect(code).toBe(0);
    expect(stderr).toContain(`kept: the lock of ${name}, which is gone, is taken over\n`);
    expect(namesIn(cwd)).not.toContain("lock");
  });

  test.skipIf(process.platform !== "linux")(
    "by a process that was killed, and that nobody has waited for, is taken over",
    async () => {
      const parent = spawn("sh", ["-c", "sleep 0.2 & echo $!; exec sleep 30"]); // which waits for none
      onTestFinished(() => void parent.kill());
      const [said] = await once(parent.stdout, "data");
      const pid = Number(String(said));
      await vi.waitUntil(() => / Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8")));
      const cwd = await trained();
      writeFileSync(pathOf(cwd, "lock"), `${pid} ${startOf(pid)}\n`);
      const { code, stderr } = await nabla([...training, ...kept, "--resume"], { cwd });
      expect(code).toBe(0);
      expect(stderr).toContain(`kept: the lock of process ${pid}, which is gone, is taken over\n`);
    },
  );

  test.each([
    ["a folder", (path: string) => mkdirSync(path), "illegal operation on a directory"],
    ["a link to nothing", (path: string) => symlinkSync("nowhere", path), "it is no file"],
  ])("by a lock that is %s is refused, and does not hang", async (_, make, why) => {
    const cwd = folderWith(files);
    mkdirSync(join(cwd, "kept"));
    make(pathOf(cwd, "lock"));
    const { code, stdout } = await nabla([...training, ...kept], { cwd });
    expect(code).toBe(73);
    expect(JSON.parse(stdout).error.message).toBe(`kept/lock cannot be read: ${why}`);
    expect(namesIn(cwd)).toEqual(["lock"]);
  });

  test("two trainings at once: one has it, the other is refused", async () => {
    const cwd = folderWith(files);
    const runs = [1, 2].map(() => nabla([...training, ...kept], { cwd }));
    const codes = (await Promise.all(runs)).map(({ code }) => code);
    expect(codes.sort()).toEqual([0, 73]);
  });
});
