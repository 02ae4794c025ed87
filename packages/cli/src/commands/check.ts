/** `nabla check`: the gradients of a network held against numbers, or a formula against the gradients. */

import { type CheckResult, type ClaimResult, check as checkGradients, claim } from "nabla";
import { randomData } from "nabla/explain";
import { type Context, print, printJson } from "../context.ts";
import type { CheckFlags } from "../network-flags.ts";
import { readNetwork, setParameters, unsuited } from "../network-source.ts";
import { aligned, counted, listed, significant } from "../text.ts";

/** Of random data: few, so that each shows. */
const ROWS = 5;

export async function check(flags: CheckFlags, context: Context): Promise<number> {
  const { claim: text, weights, seed, json } = flags;
  const seeded = seed === undefined ? {} : { seed };
  if (text !== undefined && weights !== undefined)
    throw unsuited("--weights", "does not go with --claim, which is tried at random points");
  const { net } = await readNetwork({ ...flags, building: seeded }, context);
  const { stdout } = context;

  if (text !== undefined) {
    const result = claim(net, text);
    if (json) await printJson(stdout, result);
    else await print(stdout, claimPage(result));
    return result.holds ? 0 : 1;
  }
  if (weights !== undefined) await setParameters(net, weights, context);
  const { inputs, targets } = randomData(net, { rows: ROWS, ...seeded });
  const result = checkGradients(net, inputs, targets, seeded);
  if (json) await printJson(stdout, result);
  else await print(stdout, checkPage(result));
  return result.passed ? 0 : 1;
}

/** A line for each parameter with its worst element, and the verdict. */
function checkPage({ passed, parameters, maxRelativeError, compiled, kinks }: CheckResult): string {
  const heading = ["worst of", "derived", "numeric", "compiled", "error", "checked", ""];
  const rows = parameters.map(({ name, shape, checked, worst, ...found }) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const numbers = worst ? [worst.derived, worst.numeric, worst.compiled] : [];
    return [
      `${name}${worst ? `[${worst.at.join(",")}]` : ""}`,
      ...[0, 1, 2].map((i) => (i in numbers ? significant(numbers[i]!) : "–")),
      short(found.maxRelativeError),
      checked === size ? "all" : `${checked} of ${size}`,
      found.passed ? "" : "differs",
    ];
  });
  const failed = parameters.filter((parameter) => !parameter.passed).map(({ name }) => name);
  const verdict = passed ? "the gradients hold" : `${failed.join(", ")}: they do not hold`;
  return [
    aligned([heading, ...rows]),
    "\n",
    listed([
      ["verdict", `${verdict}, at ${ROWS} random rows`],
      ["numeric", `differ from the derived ones by ${short(maxRelativeError)} at most, relatively`],
      ["compiled", `differ from the derived ones by ${short(compiled.maxRelativeError)} at most`],
      ...(kinks.length === 0 ? [] : [["kinks", kinkText(kinks)] as const]),
      ...(parameters.some(({ worst }) => worst?.derived !== 0)
        ? []
        : [["note", ALL_ZERO] as const]),
    ]),
  ].join("");
}

const ALL_ZERO = "all gradients are 0 here, which proves little; take another --seed";

/** Two digits of an error are enough. */
const short = (error: number): string => String(Number(error.toPrecision(2)));

function kinkText(kinks: CheckResult["kinks"]): string {
  const comparisons = [...new Set(kinks.map(({ comparison }) => comparison))].join(", ");
  const elements = `${counted(kinks.length, "element")} not judged, where C has no derivative`;
  return `${elements}: ${comparisons} changes there`;
}

const subjects = {
  batch: ", for the cost C of a batch",
  row: ", for the cost of one row",
  function: "",
} as const satisfies Record<ClaimResult["about"], string>;

function claimPage({ claim, holds, points, about, assuming, ...wrong }: ClaimResult): string {
  const condition = assuming === undefined ? "" : `, where ${assuming}`;
  if (holds) {
    const verdict = `holds at ${points} random points${subjects[about]}${condition}`;
    return listed([
      ["claim", claim],
      ["verdict", verdict],
    ]);
  }
  const { counterexample, slip } = wrong;
  return listed([
    ["claim", claim],
    ["verdict", `does not hold${subjects[about]}`],
    ...(counterexample === undefined ? [] : [["example", exampleText(counterexample)] as const]),
    ...(slip === undefined
      ? []
      : [
          ["slip", `${slip.name}: ${slip.explanation}`] as const,
          ["right", slip.corrected] as const,
        ]),
  ]);
}

function exampleText({
  element,
  claimed,
  derived,
  values,
}: NonNullable<ClaimResult["counterexample"]>): string {
  const read = Object.entries(values).map(([name, value]) => `${name} = ${significant(value)}`);
  const where = read.length === 0 ? "" : `, where ${read.join(", ")}`;
  return `${element} is ${significant(derived)}, the claim says ${significant(claimed)}${where}`;
}
