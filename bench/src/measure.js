// How time is taken: every participant warmed up and given its own fixed amount of work, then rounds
// A B C A B C …, so that a machine that changes its speed does so for all of them.

/**
 * @param {{ ask: (request: object) => Promise<object> }[]} participants
 * @param {{ rounds: number, seconds: number }} options  `seconds`: the least of one measurement
 * @returns for each participant the units of work in a second, round by round
 */
export async function measureInRounds(participants, { rounds, seconds }) {
  const work = [];
  for (const participant of participants) work.push(await workFor(participant, seconds));
  const rates = participants.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, participant] of participants.entries()) {
      const taken = await participant.ask({ do: "train", epochs: work[index] });
      rates[index].push(work[index] / taken.seconds);
    }
  }
  return rates;
}

/** Warms up with more and more epochs, until they take as long as is asked for. */
async function workFor({ ask }, seconds) {
  let epochs = 1;
  for (;;) {
    // The first time is for what a new amount of work may set up
    await ask({ do: "train", epochs });
    const taken = (await ask({ do: "train", epochs })).seconds;
    if (taken >= seconds) return epochs;
    const missing = (1.2 * seconds) / Math.max(taken, 1e-6);
    epochs = Math.ceil(epochs * Math.min(100, Math.max(1.5, missing)));
  }
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The median over the rounds of a/b within a round. */
export const ratio = (a, b) => median(a.map((rate, round) => rate / b[round]));
