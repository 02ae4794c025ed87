import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { folderWith, nabla } from "../support.ts";
import { columns, failureOf, readIn } from "./reading.ts";

/** The bytes of an IDX file of this type, with these extents. */
const idx = (type: number, extents: readonly number[], elements: readonly number[]) =>
  Uint8Array.from([
    0,
    0,
    type,
    extents.length,
    ...extents.flatMap((n) => [0, 0, 0, n]),
    ...elements,
  ]);

const images = idx(8, [3, 1, 2], [0, 255, 1, 2, 3, 4]);
const labels = idx(8, [3], [7, 0, 7]);

const pair = { "train-images-idx3-ubyte": images, "train-labels-idx1-ubyte": labels };

test("a row for each image, a column for each pixel, and the labels that lie beside", async () => {
  const expected = [
    ["p0", "number", [0, 1, 3]],
    ["p1", "number", [255, 2, 4]],
    ["label", "number", [7, 0, 7]],
  ];
  expect(columns(await readIn(folderWith(pair), "train-images-idx3-ubyte"))).toEqual(expected);
  const compressed = {
    "t10k-images.idx3-ubyte.gz": gzipSync(images),
    "t10k-labels.idx1-ubyte": labels,
  };
  expect(columns(await readIn(folderWith(compressed), "t10k-images.idx3-ubyte.gz"))).toEqual(
    expected,
  );
});

test("without labels, and without the word images in the name, there are pixels only", async () => {
  for (const name of ["train-images-idx3-ubyte", "digits"]) {
    const { columns } = await readIn(folderWith({ [name]: images }), name);
    expect(columns.map(({ name }) => name)).toEqual(["p0", "p1"]);
  }
});

test("what is asked for as text is text, cells are kept, and numbers may be missing", async () => {
  const table = await readIn(folderWith(pair), "train-images-idx3-ubyte", {
    types: new Map([["label", "text"]] as const),
    missing: ["255"],
    keepCells: true,
  });
  expect(columns(table).slice(1)).toEqual([
    ["p1", "number", [Number.NaN, 2, 4]],
    ["label", "text", ["7", "0", "7"]],
  ]);
  expect(table.cells).toEqual([
    ["0", "1", "3"],
    [null, "2", "4"],
    ["7", "0", "7"],
  ]);
});

test.each([
  [
    "a label too few",
    { ...pair, "train-labels-idx1-ubyte": idx(8, [2], [7, 0]) },
    "train-labels-idx1-ubyte: expected a label for each of 3 images, got 2",
  ],
  [
    "an image that is cut off",
    { "train-images-idx3-ubyte": images.subarray(0, -1) },
    "train-images-idx3-ubyte: IDX, byte 16: expected 6 bytes for [3, 1, 2] elements of 1, got 5 bytes",
  ],
  ["a type that is none", { "train-images-idx3-ubyte": idx(10, [1, 1], [0]) }, "IDX, byte 2"],
  [
    "a gzip stream that is cut off",
    { "train-images-idx3-ubyte": gzipSync(images).subarray(0, -4) },
    "its gzip stream is damaged",
  ],
  [
    "no image",
    { "train-images-idx3-ubyte": idx(8, [0, 1, 2], []) },
    "expected rows of data, got none",
  ],
  [
    "an infinite number",
    { "train-images-idx3-ubyte": idx(13, [2, 1], [0x3f, 0x80, 0, 0, 0x7f, 0x80, 0, 0]) },
    'row 2: column "p0" holds Infinity, which is not a finite number',
  ],
])("%s is an error", async (_, files, message) => {
  expect(await failureOf(readIn(folderWith(files), "train-images-idx3-ubyte"))).toMatchObject({
    code: "data",
    message: expect.stringContaining(message),
  });
});

test("a network is trained on them", async () => {
  const elements = Array.from({ length: 40 }, (_, n) => (n % 4 < 2 ? 0 : 255));
  const cwd = folderWith({
    "train-images-idx3-ubyte": idx(8, [20, 1, 2], elements),
    "train-labels-idx1-ubyte": idx(
      8,
      [20],
      elements.filter((_, n) => n % 2 === 0),
    ),
  });
  const flags = "--target label --task classification --epochs 1 --json".split(" ");
  const { stdout } = await nabla(["train", "train-images-idx3-ubyte", ...flags], { cwd });
  expect(JSON.parse(stdout)).toMatchObject({
    model: "train-images-idx3-ubyte.safetensors",
    classes: ["0", "255"],
  });
});
