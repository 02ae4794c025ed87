/** How to use the model: the same row by the command, in Node, and in a browser. */

import { basename } from "node:path";
import { type Column, rowModel, type Table, type TableModel } from "nabla";
import { shellWord } from "../summary.ts";
import { significant } from "../text.ts";
import { type Html, html } from "./html.ts";
import type { Reported, Section } from "./reported.ts";

export function usage({ out, missing = [], table, model, run }: Reported): Section {
  const { parts } = run;
  const row = [parts.test, parts.validation, parts.train].find(({ length }) => length > 0)![0]!;
  const cells = cellsOf(model, table, row);
  const given = objectText(cells);
  const answer = answerText(rowModel(model).predict(Object.fromEntries(cells)));
  const file = basename(out);
  const flags = missing.length > 0 ? ` --missing ${shellWord(missing.join(","))}` : "";
  const body = html`<p>Row ${row + 1} of the table, as an example.</p>
${block("From the command line", `nabla predict ${shellWord(out)} new.csv${flags} --out predictions.csv`)}
${block(
  "In Node",
  `import { readFileSync } from "node:fs";
import { loadModel, rowModel } from "nabla";

const model = rowModel(loadModel(readFileSync(${JSON.stringify(out)})));
model.predict(${given}); // ${answer}`,
)}
${block(
  "In a browser",
  `import { loadModel } from "nabla/predict";

const response = await fetch(${JSON.stringify(file)});
const model = loadModel(new Uint8Array(await response.arrayBuffer()));
model.predict(${given}); // ${answer}`,
)}`;
  return { id: "use", title: "Use it", body };
}

/** Numbers to four digits. */
const answerText = (answer: unknown): string =>
  JSON.stringify(answer, (_, value) =>
    typeof value === "number" ? Number(significant(value)) : value,
  );

const block = (title: string, code: string): Html =>
  html`<h3>${title}</h3>
<pre tabindex="0" role="group" aria-label="${title}"><code>${code}</code></pre>`;

type Cell = readonly [name: string, value: unknown];

/** What the model reads of the row; what is missing is left null. */
function cellsOf({ schema }: TableModel, table: Table, row: number): Cell[] {
  return schema.features.map(({ name }) => {
    const column = table.columns.find((candidate) => candidate.name === name)!;
    return [name, cellValue(column, row)];
  });
}

function cellValue({ type, values }: Column, row: number): unknown {
  const value = values[row]!;
  if (value === null || Number.isNaN(value)) return null;
  if (type !== "date") return value;
  const date = new Date(Number(value) * DAY);
  return Number.isNaN(date.getTime()) ? null : date;
}

const DAY = 86_400_000; // ms
const WIDTH = 80;

/** As JavaScript, in lines of a readable length. */
function objectText(cells: readonly Cell[]): string {
  const entries = cells.map(([name, value]) => {
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
    // `{ "__proto__": x }` sets a prototype, and `{ ["__proto__"]: x }` a field.
    const safe = name === "__proto__" ? '["__proto__"]' : key;
    return `${safe}: ${value instanceof Date ? `new Date(${JSON.stringify(value)})` : JSON.stringify(value)}`;
  });
  const lines = [""];
  for (const entry of entries) {
    const line = lines.at(-1)!;
    if (line === "") lines[lines.length - 1] = entry;
    else if (line.length + entry.length + 2 <= WIDTH - 4)
      lines[lines.length - 1] = `${line}, ${entry}`;
    else lines.push(entry);
  }
  if (lines.length === 1 && lines[0]!.length < WIDTH - 20) return `{ ${lines[0]} }`;
  return `{\n${lines.map((line) => `  ${line},`).join("\n")}\n}`;
}
