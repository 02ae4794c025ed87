// A table of three million rows, streamed: what reading, one epoch and the memory take. Standard error tells each part
// as it ends, standard output the whole as JSON. `node bench/src/stream.js [epochs]`, after `npm run build`.

import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
const table = join(root, "node_modules/vega-datasets/data/flights-3m.parquet");
const [epochs = "1"] = process.argv.slice(2);
const out = join(tmpdir(), `stream-${process.pid}.safetensors`);
const args = ["train", table, "--target", "delay", "--stream", "--epochs", epochs, "--out", out];
const child = spawn(process.execPath, [join(root, "packages/cli/bin/nabla.js"), ...args, "--json"]);

const begun = performance.now();
let peak = 0;
let cpu = 0;
const looking = setInterval(look, 50);
let text = "";
child.stdout.setEncoding("utf8").on("data", (part) => {
  text += part;
});
child.stderr.pipe(process.stderr);
const code = await new Promise((resolve) => child.on("close", resolve));
clearInterval(looking);
rmSync(out, { force: true });
if (code !== 0) process.exit(code);

const { rows, seconds, metrics, cost, constantCost } = JSON.parse(text);
const figures = {
  ...{ rows, epochs: Number(epochs), secondsOfEpoch: seconds / Number(epochs) },
  ...{ secondsInAll: (performance.now() - begun) / 1000, secondsOfCpu: cpu, peakMegabytes: peak },
  ...{ r2: metrics.r2, cost, constantCost },
};
process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);

/** What the kernel says of the process, as long as it is there. */
function look() {
  try {
    const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
    peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1000);
    const stat = readFileSync(`/proc/${child.pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    cpu = (Number(fields[11]) + Number(fields[12])) / 100; // ticks, of user and system
  } catch {
    // It has ended
  }
}
