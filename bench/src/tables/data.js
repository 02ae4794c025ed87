// The tables, each as rows of objects; null is a missing value.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const vega = (file) =>
  JSON.parse(
    readFileSync(
      fileURLToPath(new URL(`../../../node_modules/vega-datasets/data/${file}`, import.meta.url)),
      "utf8",
    ),
  );

/** From scikit-learn: numbers, and the column "target". */
const flowers = (name) => ({ name, seeds: 20, load: (python) => python.ask({ do: "load", name }) });

/** @type {{ name: string, seeds: number, load: (python) => Promise<object> }[]} */
export const tables = [
  ...["iris", "wine", "breast_cancer", "digits", "diabetes"].map(flowers),
  {
    name: "penguins",
    seeds: 20,
    load: async () => ({
      task: "classification",
      target: "Species",
      rows: vega("penguins.json"),
    }),
  },
  {
    name: "cars",
    seeds: 20,
    load: async () => ({ task: "regression", target: "Miles_per_Gallon", rows: cars() }),
  },
  {
    name: "diamonds",
    seeds: 5,
    load: async () => ({ task: "regression", target: "price", rows: diamonds() }),
  },
];

/** Without the names, of which nearly every car has its own; the year is a number. */
const cars = () =>
  vega("cars.json")
    .filter((car) => car.Miles_per_Gallon !== null)
    .map(({ Name, Year, ...car }) => ({ ...car, Year: Number(Year.slice(0, 4)) }));

/** Of R's package ggplot2 (Debian: r-cran-ggplot2), as R writes it. */
function diamonds() {
  const script = "write.csv(ggplot2::diamonds, stdout(), row.names = FALSE)";
  const text = execFileSync("Rscript", ["-e", script], { encoding: "utf8", maxBuffer: 2 ** 25 });
  const [names, ...lines] = text
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  const cell = (text) => (text.startsWith('"') ? text.slice(1, -1) : Number(text));
  return lines.map((cells) =>
    Object.fromEntries(names.map((name, i) => [cell(name), cell(cells[i])])),
  );
}
