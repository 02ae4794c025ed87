// npm run bench: measures everything and writes docs/benchmarks.md. With --row or --quick, a part or
// a rough look, printed instead.

import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  nodes as findNodes,
  python as findPython,
  processor,
  versionsOfPackages,
} from "./machine.js";
import { problems } from "./problems.js";
import { measureProducts } from "./product.js";
import { page } from "./report.js";
import { measureRow } from "./row.js";
import { measureCommand, measureFirstCall, measureLongRun } from "./start-up.js";

const { values } = parseArgs({ options: { quick: { type: "boolean" }, row: { type: "string" } } });
const timing = values.quick ? { rounds: 3, seconds: 0.05 } : { rounds: 5, seconds: 0.3 };
const processes = values.quick ? 1 : 5;

const cpu = processor();
const nodes = findNodes().slice(0, values.quick ? 1 : undefined);
const python = findPython(cpu.avx512);
const chosen = problems().filter(
  ({ row }) => values.row === undefined || row === Number(values.row),
);
if (chosen.length === 0) {
  console.error(`no row ${values.row}; rows are 1 to 5`);
  process.exit(64);
}

const rows = [];
for (const problem of chosen) {
  console.error(problem.title);
  rows.push(await measureRow(problem, { nodes, python, countedOnly: values.quick, ...timing }));
}
const found = { rows, nodes, python, timing, processor: cpu, packages: versionsOfPackages() };
if (values.row === undefined) {
  console.error("matrix products, first calls, long runs, the command");
  found.products = await measureProducts({ nodes, ...timing });
  found.firstCalls = nodes.map((node) => measureFirstCall(node, processes));
  found.longRuns = nodes.map((node) => measureLongRun(node, processes));
  found.commands = nodes.map((node) => measureCommand(node, processes));
}

const text = page({ ...found, date: new Date().toISOString().slice(0, 10) });
if (values.row !== undefined || values.quick) {
  process.stdout.write(text);
} else {
  const docs = fileURLToPath(new URL("../../docs", import.meta.url));
  mkdirSync(docs, { recursive: true });
  writeFileSync(`${docs}/benchmarks.md`, text);
  console.error("docs/benchmarks.md is written");
}
