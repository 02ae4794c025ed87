/** A table with missing values: objects in, predictions out. */

import { readFileSync } from "node:fs";
import { fit } from "nabla";

interface Penguin {
  readonly Species: "Adelie" | "Chinstrap" | "Gentoo";
  readonly Island: string;
  readonly "Body Mass (g)": number | null;
  readonly "Flipper Length (mm)": number | null;
}

const file = new URL("../node_modules/vega-datasets/data/penguins.json", import.meta.url);
const penguins: readonly Penguin[] = JSON.parse(readFileSync(file, "utf8"));

const model = await fit(penguins, { target: "Species", seed: 1 });

const { rows, metrics } = model.report;
console.log("penguins never seen", rows.test, "accuracy", metrics.accuracy);
console.log(model.predict(penguins[0]!));
console.log(model.probabilities(penguins[0]!));
