// Kills trainings 200 times, or as often as told, and has them go on; prints how many resumed beyond
// their first epoch. Fails unless all end in the bits of one that never stopped.
//
//     node scripts/kill-and-resume.js [kills] [seed]

import { spawnSync } from "node:child_process";

const [kills = "200", seed = "1"] = process.argv.slice(2);
const test = "packages/cli/test/checkpoints/kill.test.ts";
const { status } = spawnSync("npx", ["vitest", "run", test], {
  stdio: "inherit",
  env: { ...process.env, KILLS: kills, SEED: seed },
});
process.exitCode = status ?? 1;
