import { test } from "vitest";
import { readSystem, trainingGradients } from "/work/main/packages/nabla/src/equations/system.ts";
import { namedFunction } from "/work/main/packages/nabla/src/functions/activations.ts";
import { knownLists } from "/work/main/packages/nabla/test/equations/known-lists.ts";
import { leftRow, rightRow } from "/work/main/packages/nabla/src/explain/typeset/layout.ts";
import { flat } from "/work/main/packages/nabla/src/explain/typeset/flat.ts";
import { activations } from "/work/main/packages/nabla/src/functions/activations.ts";
import { derivedDerivative } from "/work/main/packages/nabla/src/equations/derivative.ts";
import { element } from "/work/main/packages/nabla/src/equations/expression.ts";
import { contextOf, layout } from "/work/main/packages/nabla/src/explain/typeset/layout.ts";
const none = { tensors: new Map(), functions: new Map() };
test("show", () => {
  for (const list of knownLists) {
    console.log(list.name);
    const { forward, equations, adjoints } = trainingGradients(readSystem(list, namedFunction));
    console.log([...forward, ...equations].map(e => flat(leftRow(e, none)) + " = " + flat(rightRow(e, none))).join("\n"));
  }
  for (const name of Object.keys(activations)) {
    const f = namedFunction(name)!; const c = contextOf(none);
    const call = { kind: "call", function: f, arguments: f.variables.map((v) => element(v)) } as const;
    console.log(name, "|", flat(layout(f.value, c).row), "|", flat(layout(derivedDerivative(call), c).row), "|", f.claim ? flat(layout(f.claim.derivative, c).row) : "");
  }
});
