import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseFormula } from "../../src/equations/parse.ts";
import { NablaError } from "../../src/errors.ts";
import { namedFunction } from "../../src/functions/activations.ts";
import { systemOf } from "./points.ts";

const names = { extents: { i: 3, j: 2, t: 4, r: 3, id: 5 }, outputs: "a", cost: "C" };

const read = (equations: string) => {
  const inputs = ["x", "raw"].filter((name) => equations.includes(`${name}[`));
  return systemOf({ ...names, equations, inputs });
};

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(NablaError);
    expect(error).toMatchObject({ code: "usage" });
    return (error as NablaError).message;
  }
  return "no error";
}

/** The message for a text in which ▸ stands before the place. */
function expected(marked: string, problem: string): string {
  const before = marked.slice(0, marked.indexOf("▸")).split("\n");
  const column = before.at(-1)!.length + 1;
  const line = marked.replace("▸", "").split("\n")[before.length - 1];
  const where = `line ${before.length}, column ${column}`;
  return `${where}: ${problem}\n    ${line}\n    ${" ".repeat(column - 1)}^`;
}

describe("the message of a wrong equation shows the place", () => {
  test("by line and column, the line itself and a caret under it", () => {
    expect(messageOf(() => read("a[n,i] = x[n,i]\nC = 1/N·Σ_n exq(a[n,0])"))).toBe(
      [
        'line 2, column 13: unknown function "exq"; did you mean "exp"?',
        "    C = 1/N·Σ_n exq(a[n,0])",
        "                ^",
      ].join("\n"),
    );
  });

  test("to programs too", () => {
    const error = {
      details: { where: "line 1, column 14", remedy: expect.stringMatching(/^write/) },
    };
    expect(() => read("a[n,i] = x[n,j]")).toThrow(expect.objectContaining(error));
  });

  describe.each<[string, readonly (readonly [string, string])[]]>([
    [
      "of a character or token that the grammar has no place for",
      [
        ["a[n,i] = x[n,i]▸?", 'unexpected character "?"'],
        ["a[n,i] = ▸😀", 'unexpected character "😀"'],
        ["a[n,i] = x[n,i] + ▸*", 'expected a number, a tensor, a function or a sum, got "*"'],
        ["a[n,i] = x[n,i] ▸3", 'expected an operator or the end of the line, got "3"'],
        ["a[n,i] = x[n,i] ▸y", 'expected an operator, "stabiliser" or "training", got "y"'],
        ["a[n,i] = (x[n,i] ▸3", 'expected ")", got "3"'],
        ["a[n,i] = x[n,i▸", 'expected "]", got the end of the text'],
        ["a[n,i] = max(1, 2▸; C = 3", 'expected ")", got the end of the line'],
        ["a[n,i] = x[n,i]▸)", 'expected an operator or the end of the line, got ")"'],
        ["a[n,i] = Σ_{i ▸x[n,i]", 'expected "}", got "x"'],
        ["a[n,i] = Σ_ ▸x[n,i]", 'expected "{", got "x"'],
        ["a[n,i] ▸3", 'expected "=", got "3"'],
        ["▸= 3", 'expected the left side of an equation, such as z[n,j], got "="'],
        ["a[n,▸3] = x[n,0]", 'expected an index, got "3"'],
        [
          "a[n,i] = log▸",
          "expected a number, a tensor, a function or a sum, got the end of the text",
        ],
        ["a[n,i] = select(x[n,i]▸, 2, 3)", 'expected <, <=, >, >= or =, got ","'],
        ["a[n,i] = select(x[n,i] < 0, 2▸)", 'expected ",", got ")"'],
        ["a[n,i] = x[n,i]^▸1.5", "expected an integer exponent; write exp(p*log(x)), or sqrt(x)"],
        ["a[n,i] = x[n,i]^▸i", "expected an integer exponent; write exp(p*log(x)), or sqrt(x)"],
        ["a[n,i] = ▸1e999·x[n,i]", "1e999 is greater than any number of float64"],
        ["a[n,i] = W[▸1.5]", "expected an integer"],
      ],
    ],
    [
      "of a name that means nothing, or something else",
      [
        ["a[n,i] = ▸exq(x[n,i])", 'unknown function "exq"; did you mean "exp"?'],
        ["a[n,i] = ▸sigmod(x[n,i])", 'unknown function "sigmod"; did you mean "sigmoid"?'],
        [
          "a[n,i] = ▸leaky_rleu(x[n,i])",
          'unknown function "leaky_rleu"; did you mean "leaky_relu"?',
        ],
        ["a[n,i] = ▸softplusplus(x[n,i])", 'unknown function "softplusplus"'],
        [
          "a[n,i] = x[n,i]\nC = 1/N·Σ_n ▸costs[n]",
          'unknown tensor "costs"; with an index over the rows (n) it cannot be a parameter: define it in an equation above, or name it as an input or the targets',
        ],
        [
          "loss[n] = x[n,0]\nC = 1/N·Σ_n ▸los[n]",
          'unknown tensor "los"; did you mean "loss"? with an index over the rows (n) it cannot be a parameter: define it in an equation above, or name it as an input or the targets',
        ],
        [
          "a[n,i] = ▸weights·x[n,i]",
          'unknown name "weights"; a parameter is written with its indices: weights[…], or weights[] for a single number',
        ],
        [
          "bias[i] = B[i]\na[n,i] = ▸biass + x[n,i]",
          'unknown name "biass"; did you mean "bias"? a parameter is written with its indices: biass[…], or biass[] for a single number',
        ],
        [
          "a[n,i] = x[n,i]·▸h[n,i]\nh[n,i] = x[n,i]",
          "h is used before its equation; move the equation of h up",
        ],
        ["a[n,i] = x[n,i] + ▸a[n,i]", "a is defined by itself; an update is written with ←"],
        ["a[n,i] = x[n,i]\n▸a[n,i] = x[n,i]", "a has been defined above"],
        ["a[n,i] = x[n,i] training\n▸a[n,i] = 2*x[n,i] training", "a has been defined above"],
        ["▸x[n,i] = W[i]", "x is an input and cannot be computed"],
        ["▸N = 3", "N is a number given at run time and cannot be computed"],
        ["▸max[n] = x[n,0]", "max is a word of the language; choose another name"],
        ["▸pi = 3", "pi is a word of the language; choose another name"],
        ["▸sigmoid[n] = x[n,0]", "sigmoid is a word of the language; choose another name"],
      ],
    ],
    [
      "of an index that is bound nowhere, or has no extent",
      [
        [
          "a[n,j] = x[n,j]·W[j,▸i]",
          'index "i" is bound nowhere: it stands neither on the left side nor under a sum around it; write sum_i in front of the product, or put i on the left side',
        ],
        [
          "a[n,j] = (Σ_i W[j,i])·x[n,▸i]",
          'index "i" is bound nowhere: it stands neither on the left side nor under a sum around it; write sum_i in front of the product, or put i on the left side',
        ],
        [
          "a[n,i] = ▸Σ_q x[n,i]·W[q]",
          'index "q" has no extent (without one, n runs over the rows); write extents: { q: … }',
        ],
        [
          "a[n,▸q] = x[n,0]",
          'index "q" has no extent (without one, n runs over the rows); write extents: { q: … }',
        ],
        ["a[n,i,▸i] = x[n,i]", "index i stands twice on the left side"],
        ["a[n] = Σ_{i,j,▸i} W[i,j]·x[n,i]", "index i stands twice under one sum"],
      ],
    ],
    [
      "of places that do not fit",
      [
        [
          "a[n,j] = Σ_i W[j,i]·x[n,i]\nb[n,i] = Σ_j ▸W[i,j]·a[n,j]",
          "place 1 of W has extent 2, and what stands there runs to 3",
        ],
        [
          "a[n,i] = x[n,i]\nb[n,j] = ▸x[n,j]",
          "place 2 of x has extent 3, and what stands there runs to 2",
        ],
        [
          "a[n,i] = x[n,i]\nb[n,t] = Σ_r ▸x[n,t+r]",
          "place 2 of x has extent 3, and what stands there runs to 6",
        ],
        [
          "a[n,i] = x[n,i]\nb[i,r] = ▸x[r,i]",
          "place 1 of x has extent rows, and what stands there runs to 3",
        ],
        ["a[n,i] = x[n,i]\nC = 1/N·Σ_n ▸a[n]", "a has 2 indices, got 1"],
        ["a[n] = x[n,0]\nC = 1/N·Σ_n ▸a[n,0]", "a has 1 index, got 2"],
        [
          "a[n,i] = x[n,i]\nb[n,j] = ▸a",
          "a has the extents [rows,3], which are not those of the left side; write a[…]",
        ],
        [
          "a[n,i] = x[n,i]\n▸a[n,j] = 1   training",
          "a has been defined with extents [rows,3], here with [rows,2]",
        ],
        ["a[n,i] = ▸W[i-1]", "the place reaches -1, and places count from 0"],
        ["a[n,i] = ▸x[n+1,i]", "the rows' index n stands alone in its place"],
        ["a[n,i] = ▸x[i,n]", "the rows' index must come first in x"],
        ["▸a[i,n] = x[n,i]", "the rows' index must come first in a"],
      ],
    ],
    [
      "of arguments that are too many or too few",
      [
        ["a[n,i] = ▸exp(x[n,i], 2)", "exp takes 1 argument, got 2"],
        ["a[n,i] = ▸max(x[n,i])", "max takes 2 arguments, got 1"],
        ["a[n,i] = ▸sigmoid(x[n,i], 1)", "sigmoid takes 1 argument, got 2"],
      ],
    ],
    [
      "of a power that may belong to a function or to what follows it",
      [
        ["a[n,i] = log x[n,i]▸^2", twoPowers("log")],
        ["a[n,i] = 1 − exp (exp x[n,i]▸^2)^2", twoPowers("exp")],
        ["a[n,i] = tanh sqrt (x[n,i])▸^2", twoPowers("tanh")],
        ["a[n,i] = −leaky_relu x[n,i]▸^-1", twoPowers("leaky_relu")],
      ],
    ],
    [
      "of an index that is not an integer input",
      [
        ["a[n,i] = E[▸W[i]]", "W is not an input: only an input can be an index"],
        ["h[n] = x[n,0]\na[n,i] = E[▸h[n],i]", "h is not an input: only an input can be an index"],
        [
          "a[n,i] = E[▸raw[n],i]",
          "raw serves as an index; write extents: { raw: … }, how many values it has",
        ],
      ],
    ],
    [
      "of rows that meet outside of the cost",
      (
        [
          "a[n,i] = x[n,i]\ns[i] = ▸Σ_n a[n,i]\nC = Σ_i s[i]",
          "a[n,i] = x[n,i] − ▸mean_n x[n,i]\nC = Σ_n a[n,0]",
          "a[n,i] = x[n,i]\nD = ▸max_n a[n,0]\nC = Σ_n a[n,0]",
          "a[n,i] = x[n,i]\nC = sqrt(▸Σ_n a[n,0]^2)",
          "a[n,i] = x[n,i]\nC = ▸max_n a[n,0]",
          "a[n,i] = x[n,i]\nC = Σ_n a[n,0]·▸Σ_n a[n,1]",
        ] as const
      ).map(
        (text) =>
          [
            text,
            "this reduces over the rows (n), and rows meet only in the cost; end with an equation such as C = 1/N * sum_n c[n], and name it as the cost",
          ] as const,
      ),
    ],
    [
      "of an assignment, for a network keeps nothing from one batch to the next",
      [
        [
          "a[n,i] = x[n,i]\n▸h[i] ← 0.9·h[i] + 0.1·W[i]\nC = Σ_n a[n,0] + h[0]",
          "h is assigned, and a network keeps nothing from batch to batch; write h = …",
        ],
      ],
    ],
    [
      "of what training alone computes and prediction reads",
      (
        [
          "▸h[n,i] = 2·x[n,i]   training\na[n,i] = h[n,i]\nC = Σ_n a[n,0]",
          "▸a[n,i] = 2·x[n,i]   training\nb[n] = 2   \nC = Σ_n b[n]",
          "a[n,i] = 2·x[n,i]\n▸C = Σ_n a[n,0]   training",
        ] as const
      ).map((text) => {
        const name = /▸(.)/u.exec(text)?.[1];
        return [
          text,
          `${name} is computed in training only, and prediction needs it; write an equation of ${name} without the mark`,
        ] as const;
      }),
    ],
  ])("%s", (_kind, table) => {
    test.each(table)("%j", (marked, problem) => {
      expect(messageOf(() => read(marked.replace("▸", "")))).toBe(expected(marked, problem));
    });
  });

  test("with tabs, which a caret must follow, and without the end of a Windows line", () => {
    expect(messageOf(() => read("\ta[n,i] =\tx[n,i]·?\r\nC = 3"))).toBe(
      'line 1, column 18: unexpected character "?"\n    \ta[n,i] =\tx[n,i]·?\n    \t        \t       ^',
    );
  });
});

/** log x^2 */
function twoPowers(f: string): string {
  return `without parentheses, ^ after ${f} may mean two things; write ${f}(x^p) or ${f}(x)^p`;
}

describe("the message of a wrong formula shows the place", () => {
  test.each([
    ["▸", "expected a number, a tensor, a function or a sum, got the end of the text"],
    ["z + ▸q", 'unknown name "q"; known: z'],
    ["z▸[1]", 'expected an operator or the end, got "["'],
    ["▸N", 'unknown name "N"; known: z'],
    ["▸x[1]", 'unknown name "x"; known: z'],
    ["▸sum_i z", "a function has no sums over indices"],
    ["z; ▸z", 'expected an operator or the end, got "z"'],
  ])("%j", (marked, problem) => {
    const z = { name: "z", shape: [], role: "input" } as const;
    const text = marked.replace("▸", "");
    expect(messageOf(() => parseFormula(text, [z], namedFunction))).toBe(expected(marked, problem));
  });
});

describe("a system", () => {
  const equations = "a[n,i] = W[i]·x[n,i]\nb[i] = W[i]\nC = 1/N·Σ_n Σ_i a[n,i]";
  const given = { ...names, inputs: "x", equations };

  test.each([
    [
      { inputs: ["x", "u"], equations: `h[n,i] = u[i]·W[i]\n${equations}` },
      "the input u must have the rows' index first",
    ],
    [{ cost: "b" }, "the cost b must be one number, b = …"],
    [{ cost: "W" }, "the cost W must be one number, W = …"],
    [{ outputs: "b" }, "the output b must have the rows' index first"],
    [{ extents: { i: 2.5 } }, "extent i must be a positive integer, got 2.5"],
    [{ extents: { i: 0 } }, "extent i must be a positive integer, got 0"],
    [{ masks: { mask: 0 } }, "mask mask must keep a share in (0, 1], got 0"],
    [{ masks: { mask: 1.5 } }, "mask mask must keep a share in (0, 1], got 1.5"],
  ])("with %j says what is wrong", (change, message) => {
    expect(messageOf(() => systemOf({ ...given, ...change }))).toBe(message);
  });

  test.each([{ cost: "D" }, { outputs: "z" }, { inputs: ["x", "u"] }, { targets: "y" }])(
    "that lacks what %j names says so",
    (change) => {
      const [[role, name]] = Object.entries(change) as [[string, string | string[]]];
      const message = messageOf(() => systemOf({ ...given, ...change }));
      expect(message).toContain(`unknown ${role.replace(/s$/, "")} "${[name].flat().at(-1)}"`);
    },
  );
});

describe("any text", () => {
  const token = fc.constantFrom(
    ...[
      "a",
      "b",
      "C",
      "x",
      "W",
      "id",
      "n",
      "i",
      "j",
      "N",
      "pi",
      "Σ_i",
      "sum_{i,j}",
      "max_n",
      "mean_j",
    ],
    ...[
      "[",
      "]",
      "(",
      ")",
      "{",
      "}",
      ",",
      "=",
      "<-",
      "←",
      "+",
      "-",
      "−",
      "*",
      "·",
      "/",
      "^",
      "<",
      "≥",
    ],
    ...["\n", ";", " ", "#", "//", "1", "2.5", "1e3", "1e999", "exp", "log ", "select(", "sigmoid"],
    ...["a[n,i] = ", "x[n,i]", "W[i]", "C = ", "training", "stabiliser", "constructor", "′", "😀"],
  );
  const soup = fc.array(token, { maxLength: 40 }).map((tokens) => tokens.join(""));

  test.each([
    ["random characters", fc.string({ unit: "binary", maxLength: 60 })],
    ["random tokens", soup],
    [
      "random tokens after good equations",
      soup.map((s) => `a[n,i] = x[n,i]\nC = 1/N·Σ_n a[n,0]\n${s}`),
    ],
  ])("made of %s is read, or fails with a NablaError", (_name, texts) => {
    const property = fc.property(texts, (text) => {
      try {
        read(text);
      } catch (error) {
        if (!(error instanceof NablaError)) throw error;
      }
    });
    fc.assert(property, { numRuns: 2000, seed: 1 });
  });

  test.each([
    ["brackets", `${"(".repeat(1e5)}x[n,i]${")".repeat(1e5)}`],
    ["places", `${"x[".repeat(1e5)}n`],
    ["signs", `${"-".repeat(1e5)}x[n,i]`],
    ["functions", `${"log ".repeat(1e5)}x[n,i]`],
    ["sums", `${"Σ_i ".repeat(1e5)}x[n,i]`],
  ])("may nest %s deeper than the stack", (_name, right) => {
    const problem =
      /^line 1, column \d+: nested more than 100 deep; give the inner part an equation/;
    expect(messageOf(() => read(`a[n,i] = ${right}`))).toMatch(problem);
  });

  test("may have an equation of a thousand terms", () => {
    const penalties = Array.from({ length: 1000 }, (_, l) => ` + 0.1·Σ_i W${l}[i]^2`);
    const { parameters } = read(`a[n,i] = x[n,i]\nC = 1/N·Σ_n a[n,0]${penalties.join("")}`);
    expect(parameters).toHaveLength(1000);
  });
});
