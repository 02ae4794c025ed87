/** What tensors and indices are called in JavaScript: as in the equations, where that is a name there. */

const RESERVED = [
  "arguments await break case catch class const continue debugger default delete do else enum eval",
  "export extends false finally for function if implements import in instanceof interface let new null",
  "package private protected public return static super switch this throw true try typeof undefined var",
  "void while with yield NaN Infinity Math Number Float32Array Float64Array Object Array String Date",
  "DataView Uint8Array TypeError RangeError JSON Map Set Symbol globalThis atob",
]
  .join(" ")
  .split(" ");

export interface JsNames {
  /** The name of an object, the same for the same object. */
  of(thing: { readonly name: string }): string;
  /** A name for it that no other has. */
  take(name: string): string;
  /** Names for a part, which are forgotten with it. */
  inner(): JsNames;
}

export const jsNames = (): JsNames => scope(new Set(RESERVED), new Map());

function scope(used: Set<string>, given: Map<object, string>): JsNames {
  const take = (wanted: string): string => {
    const plain = wanted.replaceAll(/[^\p{ID_Continue}$]/gu, "_");
    let name = plain;
    for (let i = 2; used.has(name); i++) name = `${plain}_${i}`;
    used.add(name);
    return name;
  };
  return {
    take,
    of(thing) {
      const name = given.get(thing) ?? take(thing.name);
      given.set(thing, name);
      return name;
    },
    inner: () => scope(new Set(used), new Map(given)),
  };
}
