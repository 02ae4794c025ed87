/** The learning rates of every schedule, 1,000 steps each, in the engine at hand. */

import { scheduleRates } from "../functions/schedule-rates.ts";

/** As numbers: JSON keeps all bits of those that are finite and not −0. */
export const main = (): readonly number[] => [...scheduleRates()];
