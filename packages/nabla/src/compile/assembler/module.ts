/** Functions → the bytes of a module. Its memory is imported, as the "memory" of "". */

import { append, byte, moveBack, position, take, unsigned } from "./bytes.ts";
import { writeVector } from "./operands.ts";
import type { Func, Global, ValueType } from "./types.ts";

const START = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]; //  "\0asm", version 1
const sections = { types: 1, imports: 2, functions: 3, globals: 6, exports: 7, code: 10 };
const valueTypes = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b };
const FUNCTION_TYPE = 0x60;
const END = 0x0b;

/** Kinds of what is imported and exported. */
const FUNCTION = 0;
const MEMORY = 2;

/** The module that exports these functions, made of all that they refer to. */
export function moduleOf(exports: Readonly<Record<string, Func>>): Uint8Array<ArrayBuffer> {
  const functions: Func[] = [];
  const globals: Global[] = [];
  const numbers = new Map<Func | Global, number>();
  const reach = (one: Func | Global): void => {
    if (numbers.has(one)) return;
    if (one.kind === "global") {
      numbers.set(one, globals.push(one) - 1);
      return;
    }
    numbers.set(one, functions.push(one) - 1);
    for (const { to } of one.references) reach(to);
  };
  Object.values(exports).forEach(reach);
  const numberOf = (one: Func | Global): number => numbers.get(one) as number;
  const signatures = [...new Set(functions.map(signatureOf))];
  const ofSignature = signatures.map(
    (own) => functions.find((f) => signatureOf(f) === own) as Func,
  );

  const from = position();
  append(START);
  section(sections.types, ofSignature, ({ takes, gives }) => {
    byte(FUNCTION_TYPE);
    list(takes, writeType);
    list(gives, writeType);
  });
  section(sections.imports, [MEMORY], (kind) => {
    name("");
    name("memory");
    byte(kind);
    append([0, 1]); //  no limit, one page at least
  });
  section(sections.functions, functions, (f) => unsigned(signatures.indexOf(signatureOf(f))));
  section(sections.globals, globals, ({ type, bytes }) => {
    writeType(type);
    byte(0); //  constant
    writeVector(bytes);
    byte(END);
  });
  section(sections.exports, Object.entries(exports), ([as, f]) => {
    name(as);
    byte(FUNCTION);
    unsigned(numberOf(f));
  });
  section(sections.code, functions, (f) => sized(() => writeFunction(f, numberOf)));
  return take(from);
}

const signatureOf = ({ takes, gives }: Func): string => `${takes} ${gives}`;

function writeFunction(
  { locals, code, references }: Func,
  numberOf: (one: Func | Global) => number,
): void {
  list(runsOf(locals), ({ type, count }) => {
    unsigned(count);
    writeType(type);
  });
  let from = 0;
  for (const { at, to } of references) {
    append(code.subarray(from, at));
    unsigned(numberOf(to));
    from = at;
  }
  append(code.subarray(from));
}

interface Run {
  readonly type: ValueType;
  count: number;
}

/** Neighbours of one type together. */
function runsOf(locals: readonly ValueType[]): Run[] {
  const runs: Run[] = [];
  for (const type of locals) {
    const last = runs.at(-1);
    if (last?.type === type) last.count++;
    else runs.push({ type, count: 1 });
  }
  return runs;
}

const writeType = (type: ValueType): void => byte(valueTypes[type]);

const encoder = new TextEncoder();

function name(text: string): void {
  const bytes = encoder.encode(text);
  unsigned(bytes.length);
  append(bytes);
}

function section<Item>(id: number, items: readonly Item[], write: (item: Item) => void): void {
  byte(id);
  sized(() => list(items, write));
}

function list<Item>(items: readonly Item[], write: (item: Item) => void): void {
  unsigned(items.length);
  for (const item of items) write(item);
}

/** The size of what is written, then that. */
function sized(write: () => void): void {
  const from = position();
  write();
  const end = position();
  unsigned(end - from);
  moveBack(end, from);
}
