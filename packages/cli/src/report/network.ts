/** The network as a drawing, and how its gradients follow. */

import { derive, type Network, typeset } from "nabla";
import { whole } from "../figures.ts";
import { drawing } from "./drawing.ts";
import { type Html, html, trusted } from "./html.ts";
import type { Reported, Section } from "./reported.ts";

/** Weights and biases of so many layers make a derivation that is short enough to stand open. */
const MOST_OPEN = 4;

export function networkSection({ model, report }: Reported): Section {
  const { network } = model;
  const { definition, precision, shapes } = network;
  const sizes = Array.from(shapes, ([name, shape]) => `${name} [${shape.join(", ")}]`);
  const body = html`<p>${whole(report.parameters)} parameters in ${precision}, trained on the cost <code>${definition.cost}</code>.</p>
${"layers" in definition && drawing(definition, report.features.length)}
<details class="data"><summary>The parameters</summary><p><code>${sizes.join(", ")}</code></p></details>
<h3>Its gradients</h3>
<p>Derived from its equations, every step checked by numbers.</p>
${derivation(network)}`;
  return { id: "network", title: "The network", body };
}

/** The page that the library makes, its headings below those of this one. */
function derivation(network: Network): Html {
  const page = typeset(derive(network), "html");
  const inner = page.slice(page.indexOf("<body>") + "<body>".length, page.lastIndexOf("</body>"));
  const lowered = inner.replaceAll(/<(\/?)h[12]>/g, "<$1h4>");
  const open = network.parameters.size <= MOST_OPEN ? trusted(" open") : undefined;
  return html`<details class="derivation"${open}><summary>The derivation</summary>
${trusted(lowered)}
</details>`;
}
