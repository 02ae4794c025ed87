import { expect, test } from "vitest";
import { chartLines } from "../src/chart.ts";

const plain = (text: string) => text;
const size = { width: 14, height: 2, styles: { cyan: plain, yellow: plain, dim: plain } };

test("a cost that falls by e each epoch is a straight line on the logarithmic scale", () => {
  // 8 columns of dots for 8 epochs, 8 rows of dots: one dot for each
  const training = Array.from({ length: 8 }, (_, i) => Math.exp(-i));
  expect(chartLines({ training, validation: [] }, size)).toEqual([
    "       1 ┤⠑⢄⠀⠀",
    "  9.1e-4 ┤⠀⠀⠑⢄",
    "          cost of ── training  over 8 epochs",
  ]);
});

test("the cost of validation is dashed: every other character is empty", () => {
  const lines = chartLines({ training: [1, 1], validation: [0.1, 0.1] }, size);
  expect(lines).toEqual([
    "       1 ┤⠉⠉⠉⠉",
    "     0.1 ┤⣀⠀⣀⠀",
    "          cost of ── training  ╌╌ validation  over 2 epochs",
  ]);
});

test("steps are joined from one column of dots to the next", () => {
  const training = [1, 1, 1, 1, 0.01, 0.01, 0.01, 0.01];
  expect(chartLines({ training, validation: [] }, size).slice(0, 2)).toEqual([
    "       1 ┤⠉⠉⡆⠀",
    "    0.01 ┤⠀⠀⣇⣀",
  ]);
});

test.each([
  [[0.5]],
  [[0.5, 0.5, 0.5]],
  [[0, 0]],
  [[-1, -2]],
  [[1, Number.POSITIVE_INFINITY]],
  [[1, Number.NaN]],
])("%j has a range all the same", (training) => {
  const [top, bottom] = chartLines({ training, validation: [] }, size);
  expect(`${top}${bottom}`).toMatch(/[\u2801-\u28ff]{2}/);
});

test("each curve has its colour", () => {
  const styles = { ...size.styles, cyan: () => "<training>", yellow: () => "<validation>" };
  const lines = chartLines({ training: [1, 1], validation: [0.1, 0.1] }, { ...size, styles });
  expect(lines.slice(0, 2)).toEqual(["       1 ┤<training>", "     0.1 ┤<validation>"]);
});
