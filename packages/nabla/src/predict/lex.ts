/**
 * The tokens of equation text, as `equations/lex.ts` has them. Failures name the token and no more: what
 * is wrong with a file that nabla did not write, `loadModel` of nabla tells in full.
 */

import { NablaError } from "../errors.ts";

const SPELLINGS: Readonly<Record<string, string>> = {
  ...{ "−": "-", "·": "*", "⋅": "*", "×": "*", "÷": "/" },
  ...{ "≤": "<=", "≥": ">=", "←": "<-" },
};
const TOKEN =
  /[ \t\r]+|(?:#|\/\/)[^\n]*|([\n;])|((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|([\p{L}∂Σ][\p{L}\p{N}\p{M}_∂]*′*)|(<=|>=|<-|[-+*/^()[\]{},=<>])|(.)/gu;
/** Of its groups. */
const KINDS = ["newline", "number", "name", "symbol"];

interface Token {
  readonly kind: string;
  readonly text: string;
  readonly line: number;
}

export type Lexer = ReturnType<typeof lexer>;

export function lexer(text: string) {
  const all: Token[] = [];
  let tokens = all;
  let line = 1;
  let at = 0;
  const fail = (): never => {
    const { line: own, text } = tokens[at] ?? { line, text: "" };
    const where = `equations, line ${own}`;
    const remedy = "loadModel of nabla tells why";
    throw new NablaError("data", `${where}: wrong before "${text}"; ${remedy}`, { where, remedy });
  };
  const spelt = text.replace(/[−·⋅×÷≤≥←]/g, (symbol) => SPELLINGS[symbol]!);
  for (const [found, ...groups] of spelt.matchAll(TOKEN)) {
    const group = groups.findIndex((part) => part !== undefined);
    if (group === KINDS.length) fail();
    if (group >= 0) all.push({ kind: KINDS[group]!, text: found, line });
    if (found === "\n") line++;
  }
  tokens = joined(all);
  const peek = (ahead = 0): Token =>
    tokens[at + ahead] ?? { kind: "newline", text: "the end", line };

  const read = {
    peek,
    fail,
    demand(holds: boolean): void {
      if (!holds) fail();
    },
    /** What stands first in a line. */
    starts: (name: string): boolean =>
      tokens.some(
        ({ kind, text }, t) =>
          text === name && kind === "name" && (tokens[t - 1]?.kind ?? "newline") === "newline",
      ),
    is: (symbol: string, ahead = 0) => peek(ahead).kind === "symbol" && peek(ahead).text === symbol,
    next(): string {
      return (tokens[at++] ?? fail()).text;
    },
    take(symbol: string): boolean {
      const found = read.is(symbol);
      if (found) at++;
      return found;
    },
    expect(symbol: string): void {
      if (!read.take(symbol)) fail();
    },
    name: (): string => (peek().kind === "name" ? read.next() : fail()),
    isEnd(): boolean {
      while (tokens[at]?.kind === "newline") at++;
      return at === tokens.length;
    },
  };
  return read;
}

/** Without the newlines inside brackets, after an operator and before one: the line goes on. */
function joined(all: readonly Token[]): Token[] {
  const goesOn = (beside: Token | undefined): boolean =>
    beside === undefined ||
    beside.text === "\n" ||
    (beside.kind === "symbol" && !"()[]{}".includes(beside.text));
  let depth = 0;
  const kept: Token[] = [];
  for (const [t, token] of all.entries()) {
    if ("([{".includes(token.text)) depth++;
    if (")]}".includes(token.text)) depth--;
    const inside = depth > 0 || goesOn(kept.at(-1)) || goesOn(all[t + 1]);
    if (token.text !== "\n" || !inside) kept.push(token);
  }
  return kept;
}
