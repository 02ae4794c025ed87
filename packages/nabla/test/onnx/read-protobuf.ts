/** Reads what protocol buffers and ONNX write; written apart from the encoder, which is tested by it. */

/** The values of each field: varints as bigint, all else as bytes. */
export type Fields = ReadonlyMap<number, readonly (bigint | Uint8Array)[]>;

export function readMessage(bytes: Uint8Array): Fields {
  const fields = new Map<number, (bigint | Uint8Array)[]>();
  const read = reader(bytes);
  while (!read.ended()) {
    const key = Number(read.varint());
    const values = fields.get(key >> 3) ?? [];
    fields.set(key >> 3, values);
    const type = key & 7;
    if (type === 0) values.push(read.varint());
    else if (type === 1) values.push(read.bytes(8));
    else if (type === 2) values.push(read.bytes(Number(read.varint())));
    else if (type === 5) values.push(read.bytes(4));
    else throw new Error(`wire type ${type}`);
  }
  return fields;
}

function reader(bytes: Uint8Array) {
  let at = 0;
  return {
    ended: () => at === bytes.length,
    varint(): bigint {
      let value = 0n;
      for (let shift = 0n; ; shift += 7n) {
        const byte = bytes[at++];
        if (byte === undefined || shift > 63n) throw new Error("a varint without an end");
        value |= BigInt(byte & 0x7f) << shift;
        if (byte < 0x80) return BigInt.asUintN(64, value);
      }
    },
    bytes(length: number): Uint8Array {
      if (at + length > bytes.length) throw new Error("a field without an end");
      at += length;
      return bytes.subarray(at - length, at);
    },
  };
}

export const messagesOf = (fields: Fields, number: number): Fields[] =>
  bytesOf(fields, number).map(readMessage);

export const textsOf = (fields: Fields, number: number): string[] =>
  bytesOf(fields, number).map((bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes));

export const bytesOf = (fields: Fields, number: number): Uint8Array[] =>
  (fields.get(number) ?? []) as Uint8Array[];

/** Integers, one by one or packed. */
export const integersOf = (fields: Fields, number: number): number[] =>
  (fields.get(number) ?? []).flatMap((value) => {
    if (typeof value === "bigint") return [Number(BigInt.asIntN(64, value))];
    const read = reader(value);
    const integers: number[] = [];
    while (!read.ended()) integers.push(Number(BigInt.asIntN(64, read.varint())));
    return integers;
  });

export interface TensorValues {
  readonly dims: readonly number[];
  readonly values: readonly number[];
}

/** A TensorProto of numbers or booleans. */
export function readTensor(bytes: Uint8Array): TensorValues {
  const fields = readMessage(bytes);
  const [type] = integersOf(fields, 2);
  const dims = integersOf(fields, 1);
  const [raw] = bytesOf(fields, 9);
  if (raw === undefined) {
    const integers = [...integersOf(fields, 5), ...integersOf(fields, 7)];
    const floats = bytesOf(fields, 4).flatMap((packed) => elementsOf(1, packed));
    return { dims, values: [...integers, ...floats] };
  }
  return { dims, values: elementsOf(type!, raw) };
}

/** By the numbers of the element types: float, int32, int64, bool, double. */
function elementsOf(type: number, raw: Uint8Array): number[] {
  const { buffer } = new Uint8Array(raw); // aligned
  if (type === 1) return [...new Float32Array(buffer)];
  if (type === 6) return [...new Int32Array(buffer)];
  if (type === 7) return Array.from(new BigInt64Array(buffer), Number);
  if (type === 9) return [...raw];
  if (type === 11) return [...new Float64Array(buffer)];
  throw new Error(`element type ${type}`);
}
