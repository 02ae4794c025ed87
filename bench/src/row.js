// One row of the table: all rivals that can be given the problem, checked first, then timed.

import { measureInRounds } from "./measure.js";
import { underNode, underPython } from "./participant.js";
import * as peak from "./peak.js";
import { costOf } from "./problems.js";
import { rivals } from "./rivals/rivals.js";

/** Costs after the same steps from the same start that differ by more are not of the same work. */
const sameCost = 1e-3;

/**
 * @returns for each rival and platform: samples a second by round, the costs, and why it does not
 * count, if so; for each Node the measured peak in operations a second by round. With
 * `countedOnly`, rivals whose work differs are left out.
 */
export async function measureRow(problem, { nodes, python, countedOnly, ...timing }) {
  const participants = rivals
    .filter(({ runs, differs }) => runs(problem) && !(countedOnly && differs(problem)))
    .flatMap((rival) => {
      if (rival.language === "JavaScript") return nodes.map((node) => underNode(rival, node));
      const isHere = python?.versions[rival.options.framework] !== undefined;
      return isHere ? [underPython(rival, python)] : [];
    });
  const peaks = nodes.map((node) => underNode({ name: "peak", module: "./peak.js" }, node));
  try {
    const checked = [];
    for (const participant of participants) checked.push(await check(participant, problem));
    for (const { ask, module } of peaks) await ask({ do: "prepare", module });

    const running = checked.filter(({ failure }) => failure === undefined);
    const rates = await measureInRounds([...peaks, ...running], timing);
    const perSecond = (one, unit) =>
      rates[[...peaks, ...running].indexOf(one)]?.map((rate) => rate * unit);
    return {
      problem,
      results: judged(
        problem,
        checked.map((one) => ({ ...one, rates: perSecond(one, problem.rows) })),
      ),
      peaks: new Map(peaks.map((one) => [one.platform, perSecond(one, peak.operations)])),
    };
  } finally {
    for (const { stop } of [...peaks, ...participants]) stop();
  }
}

/** Prepares a participant and has it train the epochs that are compared. */
async function check(participant, problem) {
  const { name, platform, module, options, ask } = participant;
  const cost = async () => costOf(problem, await ask({ do: "parameters" }));
  try {
    await ask({ do: "prepare", module, options, problem });
    if (participant.ownNetwork) return participant;
    const before = await cost();
    if (Math.abs(before - costOf(problem, problem)) > 1e-6) throw new Error("it starts elsewhere");
    await ask({ do: "train", epochs: problem.checkedEpochs });
    return { ...participant, before, after: await cost() };
  } catch (error) {
    // A page without a rival says so; without nabla there is no page
    if (name === "nabla") throw new Error(`nabla on ${platform}`, { cause: error });
    participant.stop();
    return { ...participant, failure: error.message };
  }
}

/** Adds how far each end is from nabla's on the same Node, and why a rival does not count. */
function judged(problem, results) {
  const nablas = results.filter(({ name }) => name === "nabla");
  return results.map((result) => {
    const nabla = nablas.find(({ platform }) => platform === result.platform) ?? nablas[0];
    const apart = Math.abs(result.after - nabla.after) / nabla.after;
    return { ...result, apart, discounted: discount({ ...result, apart }, problem) };
  });
}

function discount({ before, after, apart, differs, peculiar }, problem) {
  const difference = differs(problem);
  if (difference !== undefined) return difference;
  if (!(after < before)) return "it did not lower the cost";
  return apart > sameCost && peculiar(problem) === undefined
    ? "it ends at another cost"
    : undefined;
}
