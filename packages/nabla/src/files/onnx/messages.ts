/**
 * An ONNX model as plain data, and its bytes: the messages of onnx.proto with the numbers of their
 * fields, as far as a network needs them.
 *
 * ONNX, onnx.proto3; the versions that go together are in ONNX, docs/Versioning.md.
 */

import {
  bytes,
  encode,
  type Field,
  float,
  integer,
  type Message,
  nested,
  text,
} from "./protobuf.ts";

/** The format of the file, of ONNX 1.11, the first with ai.onnx.ml 3. */
const IR_VERSION = 8;

/** 13 is the lowest in which sums take their axes as an input, so that all runtimes since 2020 do. */
export const OPSETS = { "ai.onnx": 13, "ai.onnx.ml": 3 } as const;

const elementTypes = { float: 1, int64: 7, string: 8, bool: 9, double: 11 } as const;

export type ElementType = keyof typeof elementTypes;

/** What `Cast` is told. */
export const elementTypeNumber = (type: ElementType): number => elementTypes[type];

/** A number of elements, or the name of one that is known only at run time. */
export type Dimension = number | "rows";

/** An input or an output. */
export interface ValueInfo {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly Dimension[];
  readonly doc: string;
}

/** A constant; row-major. */
export interface Initializer {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | BigInt64Array;
}

/** Integers, real numbers or texts, as the operator asks; one alone, or a list. */
export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] }
  | { readonly string: string }
  | { readonly strings: readonly string[] };

export type Attributes = Readonly<Record<string, Attribute>>;

export interface Node {
  readonly operator: string;
  readonly domain?: "ai.onnx.ml";
  readonly inputs: readonly string[];
  /** Which is the name of the node, too. */
  readonly output: string;
  readonly attributes: Attributes;
}

export interface Model {
  readonly producer: { readonly name: string; readonly version: string };
  readonly doc: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly initializers: readonly Initializer[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

/** ModelProto */
export const encodeModel = (model: Model): Uint8Array =>
  encode([
    integer(1, IR_VERSION),
    text(2, model.producer.name),
    text(3, model.producer.version),
    text(6, model.doc),
    nested(7, graph(model)),
    ...Object.entries(OPSETS).map(([domain, version]) =>
      nested(8, [text(1, domain === "ai.onnx" ? "" : domain), integer(2, version)]),
    ),
    ...Object.entries(model.metadata).map(([key, value]) =>
      nested(14, [text(1, key), text(2, value)]),
    ),
  ]);

/** GraphProto */
const graph = ({ name, nodes, initializers, inputs, outputs }: Model): Message => [
  ...nodes.map((each) => nested(1, node(each))),
  text(2, name),
  ...initializers.map((each) => nested(5, tensor(each))),
  ...inputs.map((each) => nested(11, valueInfo(each))),
  ...outputs.map((each) => nested(12, valueInfo(each))),
];

/** NodeProto */
const node = ({ operator, domain, inputs, output, attributes }: Node): Message => [
  ...inputs.map((name) => text(1, name)),
  text(2, output),
  text(3, output),
  text(4, operator),
  ...Object.entries(attributes).map(([name, value]) => nested(5, attribute(name, value))),
  ...(domain === undefined ? [] : [text(7, domain)]),
];

/** AttributeProto: the name, the value in the field of its type, and the number of the type. */
function attribute(name: string, value: Attribute): Message {
  const typed = (type: number, ...fields: Field[]) => [text(1, name), ...fields, integer(20, type)];
  if ("float" in value) return typed(1, float(2, value.float));
  if ("int" in value) return typed(2, integer(3, value.int));
  if ("string" in value) return typed(3, text(4, value.string));
  if ("ints" in value) return typed(7, ...value.ints.map((item) => integer(8, item)));
  return typed(8, ...value.strings.map((item) => text(9, item)));
}

/** TensorProto, its elements as raw bytes. */
function tensor({ name, shape, data }: Initializer): Message {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return [
    ...shape.map((extent) => integer(1, extent)),
    integer(2, elementTypes[elementTypeOf(data)]),
    text(8, name),
    bytes(9, raw),
  ];
}

export function elementTypeOf(data: Initializer["data"]): ElementType {
  if (data instanceof Float32Array) return "float";
  return data instanceof Float64Array ? "double" : "int64";
}

/** ValueInfoProto { name, TypeProto { Tensor { elem_type, shape } }, doc_string } */
const valueInfo = ({ name, type, shape, doc }: ValueInfo): Message => [
  text(1, name),
  nested(2, [
    nested(1, [
      integer(1, elementTypes[type]),
      nested(
        2,
        shape.map((extent) =>
          nested(1, [typeof extent === "number" ? integer(1, extent) : text(2, extent)]),
        ),
      ),
    ]),
  ]),
  text(3, doc),
];
