// npm run bench:tables: every default against scikit-learn's on eight tables, written to
// docs/benchmarks-tables.md. With --table or --seeds, a part or a rough look, printed instead.

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { python as findPython, processor } from "../machine.js";
import { startProcess } from "../participant.js";
import { compareOn } from "./compare.js";
import { tables } from "./data.js";
import { page } from "./page.js";

const { values } = parseArgs({ options: { table: { type: "string" }, seeds: { type: "string" } } });
const chosen = tables.filter(({ name }) => values.table === undefined || values.table === name);
if (chosen.length === 0) {
  console.error(
    `no table ${values.table}; tables are ${tables.map(({ name }) => name).join(", ")}`,
  );
  process.exit(64);
}

const cpu = processor();
const found = findPython(cpu.avx512);
if (found?.versions.sklearn === undefined) {
  console.error("no Python with scikit-learn; on Debian: apt-get install python3-sklearn");
  process.exit(69);
}
const python = startProcess({
  executable: found.executable,
  arguments: [fileURLToPath(new URL("scikit.py", import.meta.url))],
  environment: { ...found.environment, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" },
});

const rows = [];
for (const { name, load, ...table } of chosen) {
  const data = await load(python);
  const seeds = Number(values.seeds ?? table.seeds);
  const onSeed = (seed) => console.error(`${name}: seed ${seed + 1} of ${seeds}`);
  const result = await compareOn(data, { seeds, python, onSeed });
  rows.push({ name, seeds, task: data.task, rows: data.rows.length, ...result });
}
const versions = { Node: process.versions.node, ...(await python.ask({ do: "versions" })) };
python.stop();

const date = new Date().toISOString().slice(0, 10);
const text = page(rows, { date, versions, processor: `${cpu.name}, ${cpu.cores} cores` });
if (values.table !== undefined || values.seeds !== undefined) process.stdout.write(text);
else
  writeFileSync(
    fileURLToPath(new URL("../../../docs/benchmarks-tables.md", import.meta.url)),
    text,
  );
