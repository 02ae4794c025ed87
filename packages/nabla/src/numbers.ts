/** What stands for a number in the data that people have, and what does not. */

/** A Date, by its shape: nothing here makes one. */
interface Instant {
  getTime(): number;
}

/** One value; a Date counts as the days since 1970-01-01 UTC, fractions included. */
export type Value = number | boolean | string | bigint | Instant;

/** A typed array of any kind that holds numbers, not bigints. */
export type NumericArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const MILLISECONDS_OF_DAY = 86_400_000;

/**
 * The number that a value stands for: true is 1, text is its decimal number with blanks around it allowed,
 * a date its days. Undefined where it stands for none; a number may still be NaN or infinite.
 */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  const number = exactly(value);
  return Number.isFinite(number) ? number : undefined;
}

function exactly(value: unknown): number {
  if (typeof value === "string") return DECIMAL.test(value.trim()) ? Number(value) : Number.NaN;
  if (isDate(value)) return value.getTime() / MILLISECONDS_OF_DAY;
  const number = typeof value === "bigint" ? Number(value) : Number.NaN;
  return Number.isSafeInteger(number) ? number : Number.NaN;
}

export const isNumericArray = (value: unknown): value is NumericArray =>
  ArrayBuffer.isView(value) && /^(?:Float|Int|Uint)\d/.test(kindOf(value));

export const isPlainObject = (value: unknown): value is object => kindOf(value) === "Object";

const isDate = (value: unknown): value is Instant => kindOf(value) === "Date";

/** Of dates and arrays from other realms, too. */
const kindOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

/** What came in the place of a number, for a message. */
export function described(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "bigint":
      return `${value}n`;
    case "object":
      if (value === null) return "null";
      return isDate(value) && Number.isNaN(value.getTime()) ? "Invalid Date" : kindOf(value);
    default:
      return String(value);
  }
}
