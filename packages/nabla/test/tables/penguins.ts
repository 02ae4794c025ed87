/** The penguins of vega-datasets: 344 rows; two lack all measures, ten their sex. */

import { readFileSync } from "node:fs";
import { type Column, createTable, type Table } from "../../src/tables/table.ts";

const file = "../../../../node_modules/vega-datasets/data/penguins.json";
const texts = ["Species", "Island", "Sex"];
const measures = ["Beak Length (mm)", "Beak Depth (mm)", "Flipper Length (mm)", "Body Mass (g)"];

export function readPenguins(): Table {
  const rows: Readonly<Record<string, never>>[] = JSON.parse(
    readFileSync(new URL(file, import.meta.url), "utf8"),
  );
  const columns = [
    ...texts.map((name): Column => {
      return { name, type: "text", values: rows.map((row) => row[name] ?? null) };
    }),
    ...measures.map((name): Column => {
      const values = Float64Array.from(rows, (row) => row[name] ?? Number.NaN);
      return { name, type: "number", values };
    }),
  ];
  return createTable("penguins.json", columns);
}
