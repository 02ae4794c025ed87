/** Tables as streams, for the tests: in blocks, or made row by row while they are read. */

import type { TableStream } from "../../../src/tables/streaming/table-stream.ts";
import { type Column, createTable, selectRows, type Table } from "../../../src/tables/table.ts";
import { randomStream } from "../../../src/train/random.ts";

/** How often it has been passed over is counted. */
export interface CountedStream extends TableStream {
  readonly passes: number;
}

export function streamOf(table: Table, blockRows = 100): CountedStream {
  let passes = 0;
  return {
    ...{ name: table.name, rows: table.rows, columns: table.columns },
    get passes() {
      return passes;
    },
    async *pass() {
      passes++;
      for (let from = 0; from < table.rows; from += blockRows) {
        const rows = Math.min(blockRows, table.rows - from);
        yield selectRows(
          table,
          Uint32Array.from({ length: rows }, (_, n) => from + n),
        );
      }
    },
  };
}

/**
 * So many orders: pieces and a weight that follow the normal distribution, one of twelve shops, a price of
 * 3·pieces + 2·weight + the shop's own 0 … 11, with noise of the standard deviation 1; big, mid or small,
 * and now and then no weight. The shops come by turns or, sorted, one after another.
 */
export function orders(rows: number, { from = 0, sorted = false } = {}): Table {
  const random = randomStream(7, "split", from);
  const numbers = () => new Float64Array(rows);
  const [pieces, weight, price] = [numbers(), numbers(), numbers()] as const;
  const shop: string[] = [];
  const size: string[] = [];
  for (let n = 0; n < rows; n++) {
    const s = sorted ? Math.floor((12 * n) / rows) : (from + n) % 12;
    pieces[n] = random.normal();
    weight[n] = random.normal();
    price[n] = 3 * pieces[n]! + 2 * weight[n]! + s + random.normal();
    shop.push(`shop ${s}`);
    size.push(price[n]! > 8 ? "big" : price[n]! > 3 ? "mid" : "small");
    if ((from + n) % 50 === 7) weight[n] = Number.NaN;
  }
  const columns: Column[] = [
    { name: "pieces", type: "number", values: pieces },
    { name: "weight", type: "number", values: weight },
    { name: "shop", type: "text", values: shop },
    { name: "price", type: "number", values: price },
    { name: "size", type: "text", values: size },
  ];
  return createTable("orders.csv", columns);
}

/** The same, made while they are read: no pass holds more than a block. */
export function madeOrders(rows: number, blockRows: number): TableStream {
  return {
    ...{ name: "orders.csv", rows, columns: orders(1).columns },
    async *pass() {
      for (let from = 0; from < rows; from += blockRows)
        yield orders(Math.min(blockRows, rows - from), { from });
    },
  };
}
