import { type Expression, type Index, index, type Reduction, type Tensor } from "./expression.ts";
import { type Reader, type Token, targetNames, tokenReader } from "./lex.ts";
import { operations } from "./operations.ts";
import { expressionParser } from "./parse-expression.ts";
import { type Functions, openScope, type Scope, type Vocabulary } from "./scope.ts";

/** An equation as it was written: reductions may stand anywhere. */
export interface WrittenEquation {
  readonly target: Tensor;
  readonly indices: readonly Index[];
  readonly body: Expression;
  /** `v ← μ v + g`: the target's old value may be read. */
  readonly assigns: boolean;
  readonly stabiliser?: true;
  readonly training?: true;
  /** Throws an error that shows the equation, at a reduction of it if one is given. */
  readonly fail: (problem: string, remedy?: string, at?: Reduction) => never;
}

export interface ParsedText {
  readonly equations: readonly WrittenEquation[];
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/**
 * Parses equations, one a line.
 * @throws NablaError that names line and column and shows the place
 */
export function parseEquations(text: string, vocabulary: Vocabulary): ParsedText {
  const read = tokenReader(text);
  const scope = openScope(vocabulary, targetNames(read.all));
  const equations: WrittenEquation[] = [];
  while (!read.isEnd()) {
    const equation = parseLine(read, scope);
    checkOnce(equation, equations);
    equations.push(equation);
  }
  return { equations, tensors: scope.tensors };
}

/**
 * Parses a formula in the given variables, such as "z / (1 + exp(-z))" in z.
 * @throws NablaError that names the column and shows the place
 */
export function parseFormula(
  text: string,
  variables: readonly Tensor[],
  functions: Functions,
): Expression {
  const read = tokenReader(text);
  const scope = openScope({ extents: {}, inputs: [], scalars: [], functions }, new Map());
  const formula = expressionParser(read, scope, { variables }).sum();
  if (!read.isEnd()) read.fail(`expected an operator or the end, got "${read.peek().text}"`);
  return formula;
}

// Lines

function parseLine(read: Reader, scope: Scope): WrittenEquation {
  const start = read.peek();
  const name = read.name("the left side of an equation, such as z[n,j]");
  if (isWord(name, scope)) {
    read.failAt(start)(`${name} is a word of the language`, "choose another name");
  }

  const indices: Index[] = [];
  if (read.take("[")) {
    while (!read.is("]")) {
      const letter = read.peek();
      const known = indices.some((i) => i.name === letter.text);
      if (known) read.fail(`index ${letter.text} stands twice on the left side`);
      indices.push(index(read.name("an index"), scope.extent(letter.text, read.failAt(letter))));
      if (!read.take(",")) break;
    }
    read.expect("]");
  }
  const target = scope.define(name, indices, read.failAt(start));
  const assigns = read.take("<-");
  if (!assigns) read.expect("=");

  const reductionsAt = new Map<Expression, Token>();
  const body = expressionParser(read, scope, { target, indices, assigns, reductionsAt }).sum();
  const mark = read.peek().kind === "name" ? read.name("") : undefined;
  if (mark !== undefined && !/^(stabili[sz]er|training)$/.test(mark)) {
    read.failAt(read.previous())(`expected an operator, "stabiliser" or "training", got "${mark}"`);
  }
  read.endLine();

  return {
    target,
    indices,
    body,
    assigns,
    ...(mark?.startsWith("stabili") && { stabiliser: true as const }),
    ...(mark === "training" && { training: true as const }),
    fail: (problem, remedy, at) =>
      read.failAt((at && reductionsAt.get(at)) ?? start)(problem, remedy),
  };
}

/** What stands in an expression under this name would not be the tensor. */
const isWord = (name: string, scope: Scope): boolean =>
  Object.hasOwn(operations, name) ||
  ["select", "pi"].includes(name) ||
  scope.callable(name) !== undefined;

/** One definition per tensor and phase. */
function checkOnce(equation: WrittenEquation, before: readonly WrittenEquation[]): void {
  const twice = before.some(
    (e) => e.target === equation.target && e.training === equation.training && !equation.assigns,
  );
  if (twice) equation.fail(`${equation.target.name} has been defined above`);
}
