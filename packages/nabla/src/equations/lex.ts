/** Text of equations → tokens with positions. Unicode spellings become the plain ones: −, ·, Σ_, ←. */

import { NablaError } from "../errors.ts";
import type { Fail } from "./scope.ts";

export interface Token {
  readonly kind: "number" | "name" | "symbol" | "newline" | "end";
  readonly text: string;
  readonly at: number;
}

const spellings: ReadonlyMap<string, string> = new Map([
  ["−", "-"],
  ["·", "*"],
  ["⋅", "*"],
  ["×", "*"],
  ["÷", "/"],
  ["≤", "<="],
  ["≥", ">="],
  ["←", "<-"],
]);

interface Patterns {
  readonly token: RegExp;
  readonly index: RegExp;
}

/** `letter` and `digit` are ranges of characters; `mark` may stand in a name after them. */
function patternsOf(letter: string, digit: string, mark = ""): Patterns {
  const parts = [
    /(?<space>[ \t\r]+|(?:#|\/\/)[^\n]*)/.source,
    /(?<newline>\n|;)/.source,
    /(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/.source,
    `(?<name>[${letter}∂Σ][${letter}${digit}${mark}_∂]*′*)`,
    /(?<symbol><=|>=|<-|[-+*/^()[\]{},=<>]|[−·⋅×÷≤≥←])/.source,
  ];
  return {
    token: new RegExp(parts.join("|"), "uy"),
    index: new RegExp(`^[${letter}][${letter}${digit}]*′*$`, "u"),
  };
}

// Engines take 2 ms to make an expression with all of Unicode's letters; few texts have such
const plain = patternsOf("A-Za-zΣ", "0-9");
let unicode: Patterns | undefined;

function patternsFor(text: string): Patterns {
  if (/^[\s -~∂Σ′−·⋅×÷≤≥←]*$/.test(text)) return plain;
  unicode ??= patternsOf("\\p{L}", "\\p{N}", "\\p{M}");
  return unicode;
}

/** Whether an index may have that name: a letter, more of them or digits, primes. */
export const isIndexName = (text: string): boolean => patternsFor(text).index.test(text);

/** The tokens of `text`, the last one of kind `end`. */
function tokens(text: string): Token[] {
  const found: Token[] = [];
  const { token: pattern } = patternsFor(text);
  for (let at = 0; at < text.length; ) {
    pattern.lastIndex = at;
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined)
      failAt(text, at, `unexpected character "${String.fromCodePoint(text.codePointAt(at) ?? 0)}"`);
    for (const kind of ["newline", "number", "name", "symbol"] as const) {
      const spelt = groups[kind];
      if (spelt !== undefined) found.push({ kind, text: spellings.get(spelt) ?? spelt, at });
    }
    at = pattern.lastIndex;
  }
  found.push({ kind: "end", text: "end of text", at: text.length });
  return found;
}

/** Reads the tokens of a text one after another; every failure shows its place. */
export type Reader = ReturnType<typeof tokenReader>;

export function tokenReader(text: string) {
  const all = joinLines(tokens(text));
  let position = 0;
  const peek = (ahead = 0): Token => (all[position + ahead] ?? all.at(-1)) as Token;

  const reader = {
    all,
    peek,
    is: (symbol: string, ahead = 0) => peek(ahead).kind === "symbol" && peek(ahead).text === symbol,
    previous: () => all[position - 1] as Token,
    next(): Token {
      const token = peek();
      position++;
      return token;
    },
    take(symbol: string): boolean {
      const found = reader.is(symbol);
      if (found) position++;
      return found;
    },
    expect(symbol: string): void {
      if (!reader.take(symbol)) reader.fail(`expected "${symbol}", got ${quoted(peek())}`);
    },
    name(expected: string): string {
      if (peek().kind !== "name") reader.fail(`expected ${expected}, got ${quoted(peek())}`);
      return reader.next().text;
    },
    endLine(): void {
      const token = peek();
      if (token.kind !== "newline" && token.kind !== "end") {
        reader.fail(`expected an operator or the end of the line, got ${quoted(token)}`);
      }
    },
    /** Skips empty lines; whether nothing is left. */
    isEnd(): boolean {
      while (peek().kind === "newline") position++;
      return peek().kind === "end";
    },
    failAt:
      (token: Token): Fail =>
      (problem, remedy) =>
        failAt(text, token.at, problem, remedy),
    fail: (problem: string, remedy?: string): never => failAt(text, peek().at, problem, remedy),
  };
  return reader;
}

/** Drops the newlines inside brackets, after an operator and before one: the line goes on. */
function joinLines(all: readonly Token[]): Token[] {
  const goesOn = (beside: Token | undefined): boolean =>
    beside === undefined ||
    beside.text === "\n" ||
    (beside.kind === "symbol" && !"()[]{}".includes(beside.text));
  const joined: Token[] = [];
  let depth = 0;
  for (const [i, token] of all.entries()) {
    if (token.kind === "symbol" && "([{".includes(token.text)) depth++;
    if (token.kind === "symbol" && ")]}".includes(token.text)) depth--;
    const inside = depth > 0 || goesOn(joined.at(-1)) || goesOn(all[i + 1]);
    if (token.text !== "\n" || !inside) joined.push(token);
  }
  return joined;
}

/** The names on left sides, each with the symbol that defines it: `=` or `<-`. */
export function targetNames(all: readonly Token[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const [i, token] of all.entries()) {
    if (token.kind !== "name" || (i > 0 && all[i - 1]?.kind !== "newline")) continue;
    const sign = all.slice(i).find((t) => t.text === "=" || t.text === "<-");
    names.set(token.text, sign?.text ?? "=");
  }
  return names;
}

const quoted = (token: Token): string => {
  if (token.kind === "end") return "the end of the text";
  return token.kind === "newline" ? "the end of the line" : `"${token.text}"`;
};

function failAt(text: string, at: number, problem: string, remedy?: string): never {
  const before = text.slice(0, at).split("\n");
  const head = before.at(-1) as string;
  const line = head + text.slice(at).split(/\r?\n/, 1);
  const where = `line ${before.length}, column ${head.length + 1}`;
  const shown = `\n    ${line}\n    ${head.replaceAll(/[^\t]/gu, " ")}^`;
  const advice = remedy === undefined ? "" : `${problem.endsWith("?") ? "" : ";"} ${remedy}`;
  throw new NablaError("usage", `${where}: ${problem}${advice}${shown}`, {
    where,
    ...(remedy !== undefined && { remedy }),
  });
}
