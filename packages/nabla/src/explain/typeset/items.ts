/**
 * Displayed mathematics as data: rows of items, much as TeX keeps it. Rows are laid out once, from
 * expressions; each format is a small printer of items. Text is flat (x/y), the others stack.
 */

export type Row = readonly Item[];

export type Item =
  | SymbolItem
  /** Decimal digits, or π. */
  | { readonly kind: "number"; readonly text: string }
  /** + − ⊙ between two operands. Lines may break before it. */
  | { readonly kind: "infix"; readonly text: Infix }
  /** A product: a dot in text; elsewhere a dot only where factors side by side could be misread. */
  | { readonly kind: "times"; readonly dot: boolean }
  /** Between d/dz and what it acts on, and between matrices. */
  | { readonly kind: "space" }
  /** The minus of a single operand. */
  | { readonly kind: "minus" }
  | { readonly kind: "relation"; readonly text: "=" | "<" | "≤" | ">" | "≥" | "←" }
  | { readonly kind: "comma" }
  /** `only` where the other kind of format needs no parentheses: (a + b)/c is a fraction. */
  | FenceItem
  | { readonly kind: "power"; readonly base: Row; readonly exponent: Row }
  | { readonly kind: "exponential"; readonly exponent: Row }
  /** `slash` in exponents, where stacked ones become too small. */
  | { readonly kind: "fraction"; readonly above: Row; readonly below: Row }
  | { readonly kind: "slash" }
  /** Between the branches of cases on one line of text. */
  | { readonly kind: "words"; readonly text: string }
  | { readonly kind: "root"; readonly of: Row }
  | { readonly kind: "transposed"; readonly of: Row }
  /** Σ or max with the indices below; what it is of follows. */
  | { readonly kind: "big"; readonly text: "Σ" | "max"; readonly over: readonly Row[] }
  | { readonly kind: "cases"; readonly branches: readonly Branch[] };

/** A name: `z`, upright `mask`; its number, above or below, and the word after that; primes; where it is read. */
export interface SymbolItem {
  readonly kind: "symbol";
  readonly text: string;
  readonly number: string;
  /** The 1 of β₁. */
  readonly subscript: string;
  readonly word: string;
  readonly primes: number;
  readonly places: readonly Row[];
  /** A function's name, before its arguments. */
  readonly isFunction?: true;
}

export type Infix = "+" | "−" | "⊙" | "⊘";

export interface FenceItem {
  readonly kind: "open" | "close";
  readonly text: "(" | ")" | "[" | "]" | "|" | "{" | "}";
  readonly only?: "flat" | "stacked";
  /** How many lines high its content is, when fractions are stacked. */
  readonly height: number;
}

/** The last one, without a condition, holds otherwise. */
export interface Branch {
  readonly value: Row;
  readonly condition?: Row;
}

export const symbol = (text: string, places: readonly Row[] = []): SymbolItem => ({
  ...{ kind: "symbol", text, number: "", subscript: "", word: "", primes: 0, places },
});

/** What stands above a symbol: the 1 of z¹, the 1(2) of h1_2, the second h under that number. */
export const aboveOf = ({ number, word }: SymbolItem): string =>
  isDigits(word) ? `${number}(${word})` : number;

/** The word of a name stands below, before the places: C_sum. */
export const belowOf = ({ word }: SymbolItem): string => (isDigits(word) ? "" : word);

const isDigits = (text: string): boolean => /^\d+$/.test(text);

export const infix = (text: Infix): Item => ({ kind: "infix", text });
export const minus: Item = { kind: "minus" };
export const relation = (text: Extract<Item, { kind: "relation" }>["text"]): Item => ({
  ...{ kind: "relation", text },
});

const closing = { "(": ")", "[": "]", "|": "|", "{": "}" } as const;

/** `row` in parentheses, brackets or bars. */
export function fenced(row: Row, text: keyof typeof closing, only?: "flat" | "stacked"): Row {
  const common = { height: heightOf(row), ...(only !== undefined && { only }) };
  return [
    { kind: "open", text, ...common },
    ...row,
    { kind: "close", text: closing[text], ...common },
  ];
}

/** The rows one after another with commas between them. */
export const listed = (rows: readonly Row[]): Row =>
  rows.flatMap((row, i) => (i === 0 ? row : [{ kind: "comma" } as const, ...row]));

/** How many lines a row needs where fractions are stacked; a sum with its indices takes two. */
export const heightOf = (row: Row): number => Math.max(1, ...row.map(itemHeight));

function itemHeight(item: Item): number {
  switch (item.kind) {
    case "fraction":
      return heightOf(item.above) + heightOf(item.below);
    case "big":
      return 2;
    case "cases":
      return item.branches.reduce((sum, branch) => sum + heightOf(branch.value), 0);
    case "power":
      return heightOf(item.base);
    case "root":
    case "transposed":
      return heightOf(item.of);
    default:
      return 1;
  }
}

/** About how many characters wide a row is where fractions are stacked and indices are small. */
export const widthOf = (row: Row): number => row.reduce((sum, item) => sum + itemWidth(item), 0);

const small = 0.7;

function itemWidth(item: Item): number {
  switch (item.kind) {
    case "symbol": {
      const places = item.places.reduce((sum, place) => sum + widthOf(place), 0);
      const below = item.subscript.length + belowOf(item).length + places;
      const name = item.text.length + item.primes / 2;
      return name + small * Math.max(aboveOf(item).length, below);
    }
    case "number":
    case "words":
      return item.text.length;
    case "infix":
    case "relation":
      return 3;
    case "times":
      return item.dot ? 1.5 : 0.5;
    case "open":
    case "close":
      return item.only === "flat" ? 0 : 1;
    case "power":
      return widthOf(item.base) + small * widthOf(item.exponent);
    case "exponential":
      return 1 + small * widthOf(item.exponent);
    case "fraction":
      return Math.max(widthOf(item.above), widthOf(item.below)) + 0.5;
    case "root":
    case "transposed":
      return widthOf(item.of) + 1;
    case "big":
      return Math.max(item.text.length + 0.5, small * widthOf(listed(item.over)));
    case "cases": {
      const widest = (rows: readonly Row[]): number => Math.max(0, ...rows.map(widthOf));
      const conditions = item.branches.map((branch) => branch.condition ?? []);
      return 8 + widest(item.branches.map((branch) => branch.value)) + widest(conditions);
    }
    case "minus":
    case "comma":
    case "slash":
    case "space":
      return 1;
    default:
      return item satisfies never;
  }
}
