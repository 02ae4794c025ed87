/**
 * Trainings that are killed again and again, and go on each time. KILLS says how often in all, SEED when:
 * scripts/kill-and-resume.js does it 200 times.
 */

import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { start } from "../process.ts";
import { folderWith } from "../support.ts";
import { everything, modelIn, table } from "./training.ts";

const kills = Number(process.env.KILLS ?? 20);
const seed = Number(process.env.SEED ?? 1);

/** When to kill: within a third of the time of a whole training from a process's first words, evenly spread. */
const lifeOf = (kill: number, whole: number): number =>
  (whole / 3) * (((seed + kill) * 0.618_033_988_75) % 1);

const files = { "t.csv": table(400) };
const training = [...everything, "--epochs", "1200", "--patience", "360"];
const kept = ["--checkpoint", "kept", "--checkpoint-every", "23steps", "--resume"];
const goesOn = /going on from kept.step-\d+\.safetensors: epoch (\d+), step (\d+)/;

test(
  `${kills} kills leave no trace: all trainings end in the bits of one that never stopped`,
  async () => {
    const whole = folderWith(files);
    expect((await (await start(training, { cwd: whole })).outcome).code).toBe(0);
    const timed = await start([...training, ...kept], { cwd: folderWith(files) });
    await once(timed.child.stderr, "data");
    const begun = performance.now();
    await timed.outcome;
    const time = performance.now() - begun;

    const found = { trainings: 0, resumed: 0, beyondFirst: 0, withinEpoch: 0 };
    for (let kill = 0; kill < kills; found.trainings++) {
      const cwd = folderWith(files);
      for (let ended = false, first = true; !ended; first = false) {
        const { child, outcome } = await start([...training, ...kept], { cwd });
        await Promise.race([once(child.stderr, "data"), outcome]);
        const die = () => child.kill("SIGKILL");
        const timer = kill < kills ? setTimeout(die, lifeOf(kill, time)) : undefined;
        const { code, stderr } = await outcome;
        clearTimeout(timer);
        ended = code === 0;
        if (!ended) kill++;
        expect(ended || child.signalCode === "SIGKILL", stderr).toBe(true);
        if (first) continue;
        const [, epoch = 0, step = 0] = (goesOn.exec(stderr) ?? []).map(Number);
        found.resumed++;
        if (epoch > 0) found.beyondFirst++;
        if (step % 15 > 0) found.withinEpoch++;
      }
      expect(modelIn(cwd).equals(modelIn(whole))).toBe(true);
      expect(readdirSync(cwd).sort()).toEqual(["kept", "t.csv", "t.safetensors"]);
      const names = readdirSync(join(cwd, "kept"));
      expect(names.length).toBeGreaterThanOrEqual(2);
      expect(names.filter((name) => !/^step-\d{12}\.safetensors$/.test(name))).toEqual([]);
    }
    if (process.env.KILLS !== undefined) console.log(JSON.stringify({ kills, time, ...found }));
    expect(found.beyondFirst / found.resumed).toBeGreaterThanOrEqual(0.9);
    expect(found.withinEpoch).toBeGreaterThan(0);
  },
  60_000 + 6000 * kills,
);
