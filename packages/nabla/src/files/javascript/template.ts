/** The parts of the module that are the same for every model. */

import { cycleNames, daysOf } from "../../tables/columns/cycles.ts";
import type { TableSchema } from "../../tables/columns/schema.ts";
import type { Target } from "../../tables/target.ts";

/** Data as JavaScript that is harmless wherever it stands, a <script> of a page included. */
export const dataText = (data: unknown): string =>
  JSON.stringify(data)
    .replaceAll("*/", "*\\/")
    .replaceAll(/[<>\u007f-\uffff]/g, escaped);

const escaped = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

export const RUN_BLOCKS = `/** The outputs, [rows, outputs]; \`inputs\` are flat arrays, by name. */
function outputsOf(inputs, rows) {
  const outputs = new Floats(rows * OUTPUTS);
  for (let from = 0; from < rows; from += BLOCK) {
    const to = Math.min(rows, from + BLOCK);
    const part = {};
    for (const [name, values] of Object.entries(inputs)) {
      const width = values.length / rows;
      part[name] = values.subarray(from * width, to * width);
    }
    outputs.set(forward(part, to - from), from * OUTPUTS);
  }
  return outputs;
}`;

/** Of a network by itself. */
export const NETWORK = `/** The outputs for one row, or for a list of rows. */
export function predict(given) {
  const isList = Array.isArray(given) && (given.length === 0 || depthOf(given) > DEPTH);
  const rows = isList ? given : [given];
  const inputs = {};
  for (const input of INPUTS) {
    inputs[input.name] = new Floats(rows.length * input.size);
    rows.forEach((row, n) => inputs[input.name].set(numbersOf(row, input, n), n * input.size));
  }
  const outputs = outputsOf(inputs, rows.length);
  const results = rows.map((_, n) => Array.from(outputs.subarray(n * OUTPUTS, (n + 1) * OUTPUTS)));
  return isList ? results : results[0];
}

/** How many lists are in one another; an object, which has a field for each input, is below any number. */
function depthOf(given) {
  if (Array.isArray(given)) return 1 + depthOf(given[0]);
  if (ArrayBuffer.isView(given)) return 1;
  return Object(given) === given ? Number.POSITIVE_INFINITY : 0;
}

function numbersOf(row, { name, size, count }, n) {
  const own = Number.isFinite(depthOf(row)) && INPUTS.length === 1 ? row : row?.[name];
  const lists = [own].flat(Number.POSITIVE_INFINITY);
  const values = lists.flatMap((part) => (ArrayBuffer.isView(part) ? Array.from(part) : [part]));
  const isRight = (value) =>
    Number.isFinite(value) &&
    (count === undefined || (Number.isInteger(value) && value >= 0 && value < count));
  if (values.length === size && values.every(isRight)) return values;
  const what = count === undefined ? "finite numbers" : \`integers in [0, \${count})\`;
  throw new TypeError(\`row \${n + 1}: \${name} must be \${size} \${what}\`);
}`;

/** Of a model of tables: rows are objects. */
export const TABLE = `/** The prediction for a row, an object with a field for each column, or for a list of rows. */
export function predict(given) {
  return forEachRow(given, decodeRow);
}

function forEachRow(given, decode) {
  const rows = Array.isArray(given) ? given : [given];
  const outputs = outputsOf(encode(rows), rows.length);
  const results = rows.map((_, n) => decode(outputs.subarray(n * OUTPUTS, (n + 1) * OUTPUTS)));
  return Array.isArray(given) ? results : results[0];
}

/**
 * Rows as the network reads them. The slots of a column, in this order: of a number or a date (in days)
 * (value − mean)/scale, then the sine and the cosine of its cycles; of a text or boolean 1 for its category,
 * then 1 for any other; at last 1 where the value is missing. An embedded column is the number of its category.
 */
function encode(rows) {
  const x = new Floats(rows.length * WIDTH);
  const inputs = WIDTH > 0 ? { x } : {};
  let first = 0;
  let embedded = 0;
  for (const column of COLUMNS) {
    const { categories, other, missing, mean, scale, cycles = [] } = column;
    const ids = column.units === undefined ? undefined : new Floats(rows.length);
    if (ids !== undefined) inputs[\`id\${++embedded}\`] = ids;
    rows.forEach((row, n) => {
      const value = cellOf(row, column, n);
      const at = n * WIDTH + first;
      if (ids !== undefined) {
        const known = value === null ? -1 : categories.indexOf(value);
        ids[n] = known >= 0 ? known : categories.length + (value === null && missing ? 1 : 0);
      } else if (categories !== undefined) {
        const known = value === null ? -1 : categories.indexOf(value);
        if (known >= 0) x[at + known] = 1;
        else if (value !== null && other) x[at + categories.length] = 1;
        else if (value === null && missing) x[at + categories.length + (other ? 1 : 0)] = 1;
      } else if (value === null) {
        if (missing) x[at + 1 + 2 * cycles.length] = 1;
      } else {
        x[at] = (value - mean) / scale;
        cycles.forEach((cycle, c) => {
          const turn = (2 * Math.PI * (value % DAYS[cycle])) / DAYS[cycle];
          x[at + 1 + 2 * c] = Math.sin(turn);
          x[at + 2 + 2 * c] = Math.cos(turn);
        });
      }
    });
    if (ids !== undefined) continue;
    first += categories === undefined ? 1 + 2 * cycles.length : categories.length + (other ? 1 : 0);
    if (missing) first++;
  }
  return inputs;
}

const DAYS = { ${cycleNames.map((cycle) => `${cycle}: ${daysOf(cycle)}`).join(", ")} };
const NUMBER = /^\\s*[+-]?((0|[1-9]\\d{0,14})(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?\\s*$/;

/** A number, or the text of a category; null where it is missing. */
function cellOf(row, { name, type }, n) {
  const where = \`row \${n + 1}, column \${JSON.stringify(name)}\`;
  if (Object(row) !== row || !Object.hasOwn(row, name)) throw new TypeError(\`\${where}: there is none; write null for a missing value\`);
  const value = row[name];
  if (value === null || value === undefined || value === "") return null;
  const isDate = Object.prototype.toString.call(value) === "[object Date]";
  const number =
    type === "date" && isDate
      ? value.getTime() / 86400000
      : type === "number" && (typeof value === "number" || (typeof value === "string" && NUMBER.test(value)))
        ? Number(value)
        : Number.NaN;
  if (Number.isFinite(number)) return number;
  if (type === "text" && typeof value === "string") return value;
  if (type === "boolean" && typeof value === "boolean") return String(value);
  throw new TypeError(\`\${where}: expected a \${type}, got \${String(value)}\`);
}`;

const PROBABILITIES = `/** The probability of each class or label, for a row or a list of rows. */
export function probabilities(given) {
  return forEachRow(given, (outputs) =>
    Object.fromEntries(NAMES.map((name, c) => [name, outputs[c]])),
  );
}`;

/** What the outputs of a row stand for. */
export function targetText(target: Target): string {
  switch (target.task) {
    case "classification": {
      const values = target.classes.map((word) => asItStood(word, target.type));
      return [
        `const NAMES = ${dataText(target.classes)};`,
        `const CLASSES = ${dataText(values)};`,
        "",
        PROBABILITIES,
        "",
        `/** The likeliest class. */
function decodeRow(outputs) {
  let best = 0;
  for (let c = 1; c < OUTPUTS; c++) if (outputs[c] > outputs[best]) best = c;
  return CLASSES[best];
}`,
      ].join("\n");
    }
    case "multi-label":
      return [
        `const NAMES = ${dataText(target.targets.map(({ name }) => name))};`,
        `const ARE_BOOLEANS = ${dataText(target.targets.map(({ type }) => type === "boolean"))};`,
        "",
        PROBABILITIES,
        "",
        `/** Which labels are likelier than not. */
function decodeRow(outputs) {
  const labels = NAMES.map((name, c) => [name, ARE_BOOLEANS[c] ? outputs[c] > 0.5 : Number(outputs[c] > 0.5)]);
  return Object.fromEntries(labels);
}`,
      ].join("\n");
    case "regression": {
      const several = "targets" in target;
      const quantities = several ? target.targets : [target];
      const data = quantities.map(({ name, mean, scale }) => ({ name, mean, scale }));
      return [
        `const QUANTITIES = ${dataText(data)};`,
        "",
        `/** The outputs in the units of the table. */
function decodeRow(outputs) {
  const values = QUANTITIES.map(({ mean, scale }, c) => outputs[c] * scale + mean);
  return ${several ? "Object.fromEntries(QUANTITIES.map(({ name }, c) => [name, values[c]]))" : "values[0]"};
}`,
      ].join("\n");
    }
    default:
      return target satisfies never;
  }
}

const asItStood = (word: string, type: "number" | "text" | "boolean"): string | number | boolean =>
  type === "number" ? Number(word) : type === "boolean" ? word === "true" : word;

/** The columns, one a line. */
export const columnsText = ({ features }: TableSchema): string =>
  `const COLUMNS = [\n${features.map((feature) => `  ${dataText(feature)},\n`).join("")}];`;
