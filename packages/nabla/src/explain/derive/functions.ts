/**
 * The derivative of every function of numbers that a network uses: the named ones, and the formulas that
 * its equations write out. Each ends in the form that the function claims, if it makes a claim.
 */

import { derivative } from "../../equations/derivative.ts";
import { type Equation, sumTerm } from "../../equations/equation.ts";
import {
  type Call,
  type Element,
  type Expression,
  element,
  mapChildren,
  type NamedFunction,
  same,
  type Tensor,
  variable,
  walk,
} from "../../equations/expression.ts";
import { formatExpression } from "../../equations/format.ts";
import type { DraftChain, DraftLink, DraftSection } from "../proof/verify.ts";
import { ownCall, type SymbolTable } from "../symbols.ts";
import { differentiationSteps } from "./scalar-rules.ts";

/** A function of numbers: `result` = value in the variables. */
interface Formula {
  readonly title: string;
  readonly text: string;
  readonly result: Tensor;
  readonly value: Expression;
  /** By which variables its derivative is wanted. */
  readonly by: readonly Tensor[];
  readonly claim?: Expression;
  /** The function by its name, where it has one. */
  readonly named?: Expression;
}

export interface FunctionsOf {
  readonly forward: readonly Equation[];
  readonly active: ReadonlySet<Tensor>;
  /** What stays a symbol. */
  readonly opaque: ReadonlySet<NamedFunction>;
  readonly symbols: SymbolTable;
  /** By name of a tensor. */
  readonly draws: DraftSection["draws"];
}

/** A section for each function, those first that others call. */
export function functionSections(given: FunctionsOf): DraftSection[] {
  const { forward, active, symbols, draws } = given;
  const formulas = [...namedFormulas(given), ...writtenFormulas(forward, active)];
  return formulas.map((formula) => {
    const { title, text, result, value, by, named } = formula;
    const equation: Equation = {
      target: result,
      indices: [],
      terms: [sumTerm([], named ?? value)],
    };
    const definition: DraftChain = {
      left: element(result),
      links: [
        { equation, rule: "definition", reason: named === undefined ? "as written" : "its name" },
        ...(named === undefined
          ? []
          : [link(result, value, { rule: "definition", reason: "its formula" })]),
      ],
    };
    const chains = by.map((z) => derivativeChain(formula, z, symbols));
    return {
      ...{ title, text: [text], about: [equation], chains: [definition, ...chains] },
      draws: { ...draws, reach: 3, points: 8 },
    };
  });
}

const link = (
  target: Tensor,
  body: Expression,
  told: Pick<DraftLink, "rule" | "reason">,
): DraftLink => ({ equation: { target, indices: [], terms: [sumTerm([], body)] }, ...told });

function derivativeChain(
  { result, value, claim, by }: Formula,
  z: Tensor,
  symbols: SymbolTable,
): DraftChain {
  const left = symbols.partial(result, z);
  const d = symbols.derivative(z);
  const stated: Expression = { kind: "call", function: d, arguments: [value] };
  const links = [
    link(left, stated, { rule: "definition", reason: `differentiated by ${z.name}` }),
    ...differentiationSteps(value, z, d).map(({ expression, reason }) =>
      link(left, expression, { rule: "local-derivative", reason }),
    ),
  ];
  const last = links.at(-1)?.equation.terms[0]?.body ?? value;
  if (claim !== undefined && z === by[0] && !same(last, claim)) {
    const inResult = walk(claim).some((e) => e.kind === "element" && e.tensor === result);
    const reason = inResult
      ? `written with ${result.name} itself, which is known already`
      : "the same in a nicer form";
    links.push(link(left, claim, { rule: "claim", reason }));
  }
  return { left: element(left), links };
}

// Named functions

function namedFormulas({ forward, active, opaque }: FunctionsOf): Formula[] {
  const found = new Map<NamedFunction, Set<number>>();
  const visit = (call: Call, arguments_: readonly number[]): void => {
    if (arguments_.length === 0 || opaque.has(call.function)) return;
    for (const inner of callsIn(call.function.value))
      visit(inner, activeArguments(inner, variablesOf(call, arguments_)));
    const known = found.get(call.function) ?? new Set();
    found.set(call.function, known);
    for (const i of arguments_) known.add(i);
  };
  for (const call of forward.flatMap(({ terms }) => terms.flatMap(({ body }) => callsIn(body)))) {
    visit(call, activeArguments(call, active));
  }
  return [...found].map(([f, arguments_]) => {
    const result: Tensor = f.claim?.result ?? { name: "a", shape: [], role: "computed" };
    const named = ownCall(f);
    return {
      title: `The derivative of ${f.name}`,
      text: `The network uses ${result.name} = ${formatExpression(named)}. One rule at a time:`,
      ...{ result, value: f.value, named },
      by: [...arguments_].sort((a, b) => a - b).map((i) => f.variables[i] as Tensor),
      ...(f.claim !== undefined && { claim: f.claim.derivative }),
    };
  });
}

const callsIn = (e: Expression): Call[] => walk(e).filter((part) => part.kind === "call");

const activeArguments = (call: Call, active: ReadonlySet<Tensor>): number[] =>
  call.arguments.flatMap((argument, i) => (readsAny(argument, active) ? [i] : []));

const variablesOf = (call: Call, arguments_: readonly number[]): ReadonlySet<Tensor> =>
  new Set(arguments_.map((i) => call.function.variables[i] as Tensor));

const readsAny = (e: Expression, tensors: ReadonlySet<Tensor>): boolean =>
  walk(e).some((part) => part.kind === "element" && tensors.has(part.tensor));

// Formulas that equations write out

function writtenFormulas(forward: readonly Equation[], active: ReadonlySet<Tensor>): Formula[] {
  const told = new Map<string, Formula>();
  for (const equation of forward) {
    if (equation.stabiliser === true) continue;
    for (const term of equation.terms) {
      const formula = writtenFormula(equation, term.body, active);
      if (formula === undefined) continue;
      const key = `${formatExpression(formula.value)} by ${formula.by.map((z) => z.name)}`;
      if (!told.has(key)) told.set(key, formula);
    }
  }
  return [...told.values()];
}

/** A term as a function of numbers, where its derivative is worth telling. */
function writtenFormula(
  { target, terms }: Equation,
  body: Expression,
  active: ReadonlySet<Tensor>,
): Formula | undefined {
  const elements = distinctElements(body);
  const isCall = body.kind === "call" && body.arguments.every((a) => a.kind === "element");
  const wanted = elements.filter((x) => active.has(x.tensor) && isCurved(body, x));
  if (isCall || wanted.length === 0) return undefined;

  const isWhole = terms.length === 1 && terms[0]?.over.length === 0;
  const names = shortNames(elements, isWhole ? target.name : undefined);
  const variables = elements.map((_, i) => variable(names[i] as string));
  const inNumbers = (e: Expression): Expression => {
    const at = elements.findIndex((x) => same(x, e));
    return at < 0 ? mapChildren(e, inNumbers) : element(variables[at] as Tensor);
  };
  const value = inNumbers(body);
  const result: Tensor = {
    name: isWhole ? withoutNumber(target.name, names) : "f",
    shape: [],
    role: "computed",
  };
  return {
    title: `The derivative of ${isWhole ? target.name : `what ${target.name} adds up`}`,
    text: isWhole
      ? `Each number of ${target.name} is a function of the numbers that it reads.`
      : `${target.name} adds up such terms f; the derivative of a sum is the sum of the derivatives.`,
    ...{ result, value },
    by: wanted.map((x) => variables[elements.indexOf(x)] as Tensor),
  };
}

function distinctElements(body: Expression): Element[] {
  const found: Element[] = [];
  for (const e of walk(body)) {
    if (e.kind === "element" && !found.some((known) => same(known, e))) found.push(e);
  }
  return found;
}

/** Neither a sum nor a product with what does not depend on x. */
function isCurved(body: Expression, x: Element): boolean {
  const slope = derivative(body, x);
  const readsX = (e: Expression): boolean => walk(e).some((part) => same(part, x));
  return readsX(slope) || walk(body).some((e) => !isProduct(e) && readsX(e));
}

const isProduct = (e: Expression): boolean =>
  e.kind === "element" ||
  (e.kind === "operation" && ["add", "subtract", "negate", "multiply", "divide"].includes(e.name));

/** z1 is z where that is clear. */
function shortNames(elements: readonly Element[], target: string | undefined): string[] {
  const full = elements.map(({ tensor }) => tensor.name);
  const short = full.map(stemOf);
  const all = target === undefined ? short : [...short, stemOf(target)];
  if (new Set(all).size === all.length) return short;
  return full.map(
    (name, i) => name + "′".repeat(full.slice(0, i).filter((n) => n === name).length),
  );
}

const withoutNumber = (name: string, taken: readonly string[]): string =>
  taken.includes(stemOf(name)) ? name : stemOf(name);

const stemOf = (name: string): string => name.replace(/(?<=[A-Za-z])\d.*$/, "");
