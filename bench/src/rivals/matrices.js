// What several rivals need of a problem: batches of rows, and weights as [inputs, units].

/** [rows, columns] → [columns, rows] */
export function transpose(matrix, rows, columns) {
  const turned = new Float32Array(matrix.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      turned[column * rows + row] = matrix[row * columns + column];
    }
  }
  return turned;
}

/** The start weights of each layer as [inputs, units]. */
export const inputsByUnits = ({ sizes, weights }) =>
  weights.map((own, layer) => transpose(own, sizes[layer + 1], sizes[layer]));

/** Each layer's [inputs, units] as the problem has them, [units, inputs]. */
export const unitsByInputs = ({ sizes }, weights) =>
  weights.map((own, layer) => transpose(own, sizes[layer], sizes[layer + 1]));

/** The batches in order, as flat views: no rival copies rows while it is timed. */
export function batchesOf({ sizes, rows, batchSize, inputs, targets }) {
  const [ins, outs] = [sizes[0], sizes.at(-1)];
  return Array.from({ length: Math.ceil(rows / batchSize) }, (_, batch) => {
    const from = batch * batchSize;
    const to = Math.min(rows, from + batchSize);
    return {
      rows: to - from,
      inputs: inputs.subarray(from * ins, to * ins),
      targets: targets.subarray(from * outs, to * outs),
    };
  });
}

/** The rows as { input, output } of plain arrays. */
export function rowsOf({ sizes, rows, inputs, targets }) {
  const [ins, outs] = [sizes[0], sizes.at(-1)];
  return Array.from({ length: rows }, (_, row) => ({
    input: Array.from(inputs.subarray(row * ins, (row + 1) * ins)),
    output: Array.from(targets.subarray(row * outs, (row + 1) * outs)),
  }));
}
