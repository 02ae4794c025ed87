/** Files that break one rule of safetensors each, with the place and the rule that the error must name. */

/** The bytes of a file; the length of the header is right unless given. */
export function file(
  header: string | Uint8Array,
  data: Iterable<number> = [],
  length?: bigint,
): Uint8Array {
  const text = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const bytes = Uint8Array.from([...new Uint8Array(8), ...text, ...data]);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  return bytes;
}

export const zeros = (n: number) => new Uint8Array(n);

const entry = (fields: string) => `{"W":{${fields}}}`;
const sound = '"dtype":"F32","shape":[2],"data_offsets":[0,8]';
const changed = (from: string, to: string, data = 8) =>
  file(entry(sound.replace(from, to)), zeros(data));
const metadata = (text: string) => file(`{"__metadata__":${text}}`);
const raw = (...bytes: number[]) => file(Uint8Array.from([0x7b, 0x22, ...bytes, 0x22]));
const names = (count: number, member: (name: string) => string) =>
  Array.from({ length: count }, (_, i) => member(i.toString(36).padStart(4, "0"))).join(",");

export interface Malformed {
  readonly what: string;
  readonly bytes: Uint8Array;
  /** The field and the byte. */
  readonly where: string;
  /** What follows the place in the message, or its beginning. */
  readonly message: string;
}

const W = 'safetensors header, "W"';
const dtypes = "F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL";

export const malformed: readonly Malformed[] = [
  // The length of the header
  {
    what: "an empty file",
    bytes: zeros(0),
    where: "safetensors, byte 0",
    message: "expected the 8 bytes of the header's length, got 0",
  },
  {
    what: "half a length",
    bytes: zeros(7),
    where: "safetensors, byte 0",
    message: "expected the 8 bytes of the header's length, got 7",
  },
  {
    what: "no header",
    bytes: zeros(8),
    where: "safetensors header, byte 8",
    message: 'expected "{" first, got the end of the text',
  },
  {
    what: "a header of no bytes before data",
    bytes: file("", zeros(8)),
    where: "safetensors header, byte 8",
    message: 'expected "{" first, got the end of the text',
  },
  {
    what: "a header beyond the file",
    bytes: file("{}", [], 3n),
    where: "safetensors, byte 0",
    message: "expected a header of at most 2 bytes, the bytes present, got 3",
  },
  {
    what: "a length of 2³² + 2",
    bytes: file("{}", [], 2n ** 32n + 2n),
    where: "safetensors, byte 0",
    message: "expected a header of at most 2 bytes, the bytes present, got 4294967298",
  },
  {
    what: "a length of 2⁵³ + 2",
    bytes: file("{}", [], 2n ** 53n + 2n),
    where: "safetensors, byte 0",
    message: "expected a header of at most 2 bytes, the bytes present, got 9007199254740994",
  },
  {
    what: "a length of 2⁶³",
    bytes: file("{}", [], 2n ** 63n),
    where: "safetensors, byte 0",
    message: "expected a header of at most 2 bytes, the bytes present, got 9223372036854775808",
  },
  {
    what: "a length of 2⁶⁴ − 1",
    bytes: file("{}", [], 2n ** 64n - 1n),
    where: "safetensors, byte 0",
    message: "expected a header of at most 2 bytes, the bytes present, got 18446744073709551615",
  },
  {
    what: "a big-endian length",
    bytes: file("{}      ", [], 8n << 56n),
    where: "safetensors, byte 0",
    message: "expected a header of at most 8 bytes, the bytes present, got 576460752303423488",
  },
  {
    what: "a header above 25 MB",
    bytes: file("{}", zeros(25_000_000), 25_000_001n),
    where: "safetensors, byte 0",
    message: "expected a header of at most 25000000 bytes, got 25000001",
  },
  {
    what: "a length that cuts the header",
    bytes: file(entry(sound), zeros(8), 20n),
    where: `${W}, byte 28`,
    message: "expected a string, got the end of the text",
  },

  // The text of the header
  {
    what: "a byte order mark",
    bytes: file("\ufeff{}"),
    where: "safetensors header, byte 8",
    message: 'expected "{" first, got "\ufeff{}"',
  },
  {
    what: "UTF-16",
    bytes: file(Uint8Array.of(0xff, 0xfe, 0x7b, 0, 0x7d, 0)),
    where: "safetensors header, byte 8",
    message: "expected UTF-8, got 0xff",
  },
  {
    what: "a leading space",
    bytes: file(" {}"),
    where: "safetensors header, byte 8",
    message: 'expected "{" first, got " {}"',
  },
  {
    what: "an array",
    bytes: file("[]"),
    where: "safetensors header, byte 8",
    message: 'expected "{" first, got "[]"',
  },
  {
    what: "null",
    bytes: file("null"),
    where: "safetensors header, byte 8",
    message: 'expected "{" first, got "null"',
  },
  {
    what: "a byte that is no UTF-8",
    bytes: raw(0x61, 0xff),
    where: "safetensors header, byte 11",
    message: "expected UTF-8, got 0xff",
  },
  {
    what: "an overlong encoding",
    bytes: raw(0xc0, 0xa2),
    where: "safetensors header, byte 10",
    message: "expected UTF-8, got 0xc0",
  },
  {
    what: "a surrogate in UTF-8",
    bytes: raw(0xed, 0xa0, 0x80),
    where: "safetensors header, byte 11",
    message: "expected UTF-8, got 0xa0",
  },
  {
    what: "a code point beyond the last",
    bytes: raw(0xf4, 0x90, 0x80, 0x80),
    where: "safetensors header, byte 11",
    message: "expected UTF-8, got 0x90",
  },
  {
    what: "a character that the header's end cuts",
    bytes: file(Uint8Array.of(0x7b, 0x22, 0xf0, 0x9f)),
    where: "safetensors header, byte 12",
    message: "expected UTF-8, got the end of the header",
  },
  {
    what: "half a header",
    bytes: file("{"),
    where: "safetensors header, byte 9",
    message: "expected a string, got the end of the text",
  },
  {
    what: "a tab after the header",
    bytes: file("{}\t"),
    where: "safetensors header, byte 10",
    message: 'expected the end of the text, got "\\t"',
  },
  {
    what: "zeros after the header",
    bytes: file("{}\u0000"),
    where: "safetensors header, byte 10",
    message: 'expected the end of the text, got "\\u0000"',
  },
  {
    what: "a second object",
    bytes: file("{}{}"),
    where: "safetensors header, byte 10",
    message: 'expected the end of the text, got "{}"',
  },
  {
    what: "a comma at the end",
    bytes: file(`{"W":{${sound}},}`, zeros(8)),
    where: "safetensors header, byte 62",
    message: 'expected a string, got "}"',
  },
  {
    what: "a comment",
    bytes: file("{/**/}"),
    where: "safetensors header, byte 9",
    message: 'expected a string, got "/**/}"',
  },
  {
    what: "a name without quotes",
    bytes: file("{W:{}}"),
    where: "safetensors header, byte 9",
    message: 'expected a string, got "W:{}}"',
  },
  {
    what: "single quotes",
    bytes: file("{'W':{}}"),
    where: "safetensors header, byte 9",
    message: "expected a string, got \"'W':{}}\"",
  },
  {
    what: "a no-break space for a space",
    bytes: file("{\u00a0}"),
    where: "safetensors header, byte 9",
    message: 'expected a string, got "\u00a0}"',
  },
  {
    what: "a bad escape",
    bytes: file('{"\\x57":{}}'),
    where: "safetensors header, byte 9",
    message: "expected a string with a closing quote and proper escapes",
  },
  {
    what: "a line break in a string",
    bytes: file('{"W\n":{}}'),
    where: "safetensors header, byte 9",
    message: "expected a string with a closing quote and proper escapes",
  },
  {
    what: "a lone surrogate",
    bytes: file('{"\\ud800":{}}'),
    where: "safetensors header, byte 9",
    message: "expected a string without lone surrogates",
  },

  // Names
  {
    what: "a tensor twice",
    bytes: file(`{"W":{${sound}},"W":{${sound}}}`, zeros(8)),
    where: "safetensors header, byte 62",
    message: 'expected each name once, got "W" again',
  },
  {
    what: "a tensor twice, once by an escape",
    bytes: file(`{"W":{${sound}},"\\u0057":{${sound}}}`, zeros(8)),
    where: "safetensors header, byte 62",
    message: 'expected each name once, got "W" again',
  },
  {
    what: "a field twice",
    bytes: file(entry(`${sound},"dtype":"F32"`), zeros(8)),
    where: `${W}, byte 61`,
    message: 'expected each name once, got "dtype" again',
  },
  {
    what: "metadata twice",
    bytes: file('{"__metadata__":{},"__metadata__":{}}'),
    where: "safetensors header, byte 27",
    message: 'expected each name once, got "__metadata__" again',
  },
  {
    what: "a part of the metadata twice",
    bytes: metadata('{"a":"","a":"1"}'),
    where: 'safetensors header, "__metadata__", byte 32',
    message: 'expected each name once, got "a" again',
  },
  ...["__proto__", "constructor", "prototype"].flatMap((name): Malformed[] => [
    {
      what: `a tensor of the name ${name}`,
      bytes: file(`{"${name}":{${sound}}}`, zeros(8)),
      where: "safetensors header, byte 9",
      message: `expected another name, got "${name}"`,
    },
    {
      what: `a part of the metadata of the name ${name}`,
      bytes: metadata(`{"a":"","${name}":"x"}`),
      where: 'safetensors header, "__metadata__", byte 32',
      message: `expected another name, got "${name}"`,
    },
  ]),
  {
    what: "__proto__ by an escape",
    bytes: file(`{"\\u005f_proto__":{${sound}}}`, zeros(8)),
    where: "safetensors header, byte 9",
    message: 'expected another name, got "__proto__"',
  },
  {
    what: "__proto__ among the fields",
    bytes: file(entry(`"__proto__":{},${sound}`), zeros(8)),
    where: `${W}, byte 14`,
    message: 'expected another name, got "__proto__"',
  },
  {
    what: "a tensor more than there may be",
    bytes: file(
      `{${names(65_537, (name) => `"${name}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`)}}`,
    ),
    where: `safetensors header, byte ${9 + 65_536 * 55}`,
    message: "expected at most 65536 names",
  },
  {
    what: "a part of the metadata more than there may be",
    bytes: metadata(`{${names(65_537, (name) => `"${name}":""`)}}`),
    where: `safetensors header, "__metadata__", byte ${25 + 65_536 * 10}`,
    message: "expected at most 65536 names",
  },

  // Metadata
  {
    what: "metadata other than text",
    bytes: metadata('{"epochs":3}'),
    where: 'safetensors header, "__metadata__"."epochs", byte 34',
    message: 'expected a string, got "3}}"',
  },
  {
    what: "nested metadata",
    bytes: metadata('{"a":{"b":""}}'),
    where: 'safetensors header, "__metadata__"."a", byte 29',
    message: "expected a string",
  },
  {
    what: "no metadata object",
    bytes: metadata("null"),
    where: 'safetensors header, "__metadata__", byte 24',
    message: 'expected "{", got "null}"',
  },
  {
    what: "a list of metadata",
    bytes: metadata("[]"),
    where: 'safetensors header, "__metadata__", byte 24',
    message: 'expected "{", got "[]}"',
  },

  // The fields of a tensor
  {
    what: "a list for a tensor",
    bytes: file('{"W":[]}'),
    where: `${W}, byte 13`,
    message: 'expected "{", got "[]}"',
  },
  {
    what: "nesting in place of a tensor",
    bytes: file(`{"W":${'{"dtype":'.repeat(9)}`),
    where: `${W}."dtype", byte 22`,
    message: "expected a string",
  },
  {
    what: "an unknown dtype",
    bytes: changed("F32", "F8_E4M3"),
    where: `${W}."dtype", byte 22`,
    message: `expected one of ${dtypes}, got "F8_E4M3"`,
  },
  {
    what: "a dtype in small letters",
    bytes: changed("F32", "f32"),
    where: `${W}."dtype", byte 22`,
    message: `expected one of ${dtypes}, got "f32"`,
  },
  {
    what: "a dtype from Object's prototype",
    bytes: changed("F32", "toString"),
    where: `${W}."dtype", byte 22`,
    message: `expected one of ${dtypes}, got "toString"`,
  },
  {
    what: "a number for a dtype",
    bytes: changed('"F32"', "32"),
    where: `${W}."dtype", byte 22`,
    message: "expected a string, got",
  },
  {
    what: "another field",
    bytes: file(entry(`${sound},"device":"cpu"`), zeros(8)),
    where: `${W}."device", byte 70`,
    message: 'expected only dtype, shape and data_offsets, got "device"',
  },
  {
    what: "no dtype",
    bytes: changed('"dtype":"F32",', ""),
    where: `${W}, byte 13`,
    message: "expected a dtype, a shape and two data_offsets",
  },
  {
    what: "no shape",
    bytes: changed('"shape":[2],', ""),
    where: `${W}, byte 13`,
    message: "expected a dtype, a shape and two data_offsets",
  },
  {
    what: "no offsets",
    bytes: changed(',"data_offsets":[0,8]', ""),
    where: `${W}, byte 13`,
    message: "expected a dtype, a shape and two data_offsets",
  },
  {
    what: "no fields",
    bytes: file('{"W":{}}'),
    where: `${W}, byte 13`,
    message: "expected a dtype, a shape and two data_offsets",
  },
  {
    what: "one offset",
    bytes: changed("0,8", "0"),
    where: `${W}, byte 13`,
    message: "expected a dtype, a shape and two data_offsets",
  },
  {
    what: "three offsets",
    bytes: changed("0,8", "0,8,8"),
    where: `${W}."data_offsets", byte 60`,
    message: "expected at most 2 numbers",
  },
  {
    what: "an object for a shape",
    bytes: changed("[2]", '{"0":2}'),
    where: `${W}."shape", byte 36`,
    message: 'expected "["',
  },
  {
    what: "a list within a shape",
    bytes: changed("[2]", "[[2]]"),
    where: `${W}."shape", byte 37`,
    message: "expected an integer in [0, 2⁴⁸) in its plain form",
  },
  {
    what: "a rank of 9",
    bytes: changed("[2]", "[1,1,1,1,1,1,1,1,2]"),
    where: `${W}."shape", byte 53`,
    message: "expected at most 8 numbers",
  },

  // Numbers
  ...(
    [
      ["an extent of 2.0", "2.0"],
      ["an extent of 2e0", "2e0"],
      ["an extent of 1e400", "1e400"],
      ["an extent of −0", "-0"],
      ["an extent of −2", "-2"],
      ["an extent of 2⁴⁸", "281474976710656"],
      ["an extent of 2⁵³ + 1", "9007199254740993"],
      ["an extent of 2⁶⁴", "18446744073709551616"],
      ["an extent of a hundred digits", "2".repeat(100)],
    ] as const
  ).map(([what, number]) => ({
    what,
    bytes: changed("[2]", `[${number}]`),
    where: `${W}."shape", byte 37`,
    message: `expected an integer in [0, 2⁴⁸) in its plain form, got ${number.slice(0, 40)}`,
  })),
  ...(
    [
      ["a quoted extent", '"2"'],
      ["an extent of true", "true"],
      ["an extent of null", "null"],
      ["an extent of NaN", "NaN"],
      ["an extent of +2", "+2"],
      ["an extent of .2", ".2"],
    ] as const
  ).map(([what, number]) => ({
    what,
    bytes: changed("[2]", `[${number}]`),
    where: `${W}."shape", byte 37`,
    message: "expected an integer in [0, 2⁴⁸) in its plain form, got",
  })),
  {
    what: "an extent of 02",
    bytes: changed("[2]", "[02]"),
    where: `${W}."shape", byte 38`,
    message: 'expected "]", got "2]',
  },
  {
    what: "an extent of 0x2",
    bytes: changed("[2]", "[0x2]"),
    where: `${W}."shape", byte 38`,
    message: 'expected "]", got "x2]',
  },
  {
    what: "an offset of 8e0",
    bytes: changed("0,8", "0,8e0"),
    where: `${W}."data_offsets", byte 58`,
    message: "expected an integer in [0, 2⁴⁸) in its plain form, got 8e0",
  },
  {
    what: "an offset of −0",
    bytes: changed("0,8", "-0,8"),
    where: `${W}."data_offsets", byte 56`,
    message: "expected an integer in [0, 2⁴⁸) in its plain form, got -0",
  },

  // Sizes and offsets
  {
    what: "a shape of another size than the data",
    bytes: changed("[2]", "[3]"),
    where: `${W}, byte 13`,
    message: "expected data_offsets 12 bytes apart for F32 [3], got [0, 8]",
  },
  {
    what: "a scalar of 8 bytes",
    bytes: changed("[2]", "[]"),
    where: `${W}, byte 13`,
    message: "expected data_offsets 4 bytes apart for F32 [], got [0, 8]",
  },
  {
    what: "data that are no whole elements",
    bytes: changed("0,8", "0,7", 7),
    where: `${W}, byte 13`,
    message: "expected data_offsets 8 bytes apart for F32 [2], got [0, 7]",
  },
  {
    what: "an end before the beginning",
    bytes: changed("0,8", "8,0"),
    where: `${W}, byte 13`,
    message: "expected data_offsets 8 bytes apart for F32 [2], got [8, 0]",
  },
  {
    what: "a shape whose product is 0 modulo 2⁶⁴",
    bytes: changed("[2]", "[2147483648,2147483648]"),
    where: `${W}, byte 13`,
    message: "expected data_offsets 18446744073709552000 bytes apart",
  },
  {
    what: "a shape whose product overflows before it is 0",
    bytes: file(entry('"dtype":"F32","shape":[2147483648,2147483648,0],"data_offsets":[0,0]')),
    where: `${W}, byte 13`,
    message: "expected data_offsets Infinity bytes apart",
  },
  {
    what: "a shape far beyond the file",
    bytes: file(entry('"dtype":"F32","shape":[1000000000],"data_offsets":[0,4000000000]')),
    where: "safetensors, byte 80",
    message: "expected 4000000000 bytes of data, got 0",
  },
  {
    what: "a hole before the data",
    bytes: changed("0,8", "4,12", 12),
    where: `${W}, byte 13`,
    message: "expected data_offsets that begin at 0, where the data before end, got 4",
  },
  {
    what: "a hole between tensors",
    bytes: file(`{"V":{${sound}},"W":{${sound.replace("0,8", "12,20")}}}`, zeros(20)),
    where: `${W}, byte 66`,
    message: "expected data_offsets that begin at 8, where the data before end, got 12",
  },
  {
    what: "tensors that overlap",
    bytes: file(`{"V":{${sound}},"W":{${sound.replace("0,8", "4,12")}}}`, zeros(12)),
    where: `${W}, byte 66`,
    message: "expected data_offsets that begin at 8, where the data before end, got 4",
  },
  {
    what: "two tensors in one place",
    bytes: file(`{"V":{${sound}},"W":{${sound}}}`, zeros(8)),
    where: `${W}, byte 66`,
    message: "expected data_offsets that begin at 8, where the data before end, got 0",
  },
  {
    what: "an empty tensor within another",
    bytes: file(`{"W":{"dtype":"F32","shape":[0],"data_offsets":[4,4]},"V":{${sound}}}`, zeros(8)),
    where: `${W}, byte 13`,
    message: "expected data_offsets that begin at 8, where the data before end, got 4",
  },
  {
    what: "an empty tensor beyond the data",
    bytes: file('{"W":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}}', zeros(8)),
    where: `${W}, byte 13`,
    message: "expected data_offsets that begin at 0, where the data before end, got 8",
  },
  {
    what: "bytes after the data",
    bytes: file(entry(sound), zeros(9)),
    where: "safetensors, byte 62",
    message: "expected 8 bytes of data, got 9",
  },
  {
    what: "bytes without a tensor",
    bytes: file("{}", zeros(1)),
    where: "safetensors, byte 10",
    message: "expected 0 bytes of data, got 1",
  },
  {
    what: "missing data",
    bytes: file(entry(sound), zeros(7)),
    where: "safetensors, byte 62",
    message: "expected 8 bytes of data, got 7",
  },
  {
    what: "a boolean of 2",
    bytes: file(entry('"dtype":"BOOL","shape":[3],"data_offsets":[0,3]'), [0, 1, 2]),
    where: 'safetensors, "W", byte 65',
    message: "expected 0 or 1, got 2",
  },
];
