/** The matrices of a product, where their tensors lie. */

import { left } from "../equations/equation.ts";
import { type Element, type Index, plainIndex } from "../equations/expression.ts";
import type { Layout } from "./layout.ts";
import type { Matrix, Product } from "./product.ts";
import type { ProductTask } from "./schedule.ts";

export function productOf({ equation, m, n, k, a, b }: ProductTask, layout: Layout): Product {
  const matrix = (e: Element, row: Index, column: Index): Matrix => {
    const { address, strides } = layout.place(e.tensor);
    const along = (index: Index): number =>
      strides[e.places.findIndex((place) => plainIndex(place) === index)] ?? 0;
    return { base: address, strides: [along(row), along(column)] };
  };
  return {
    ...{ m: m.extent, n: n.extent, k: k.extent },
    a: matrix(a, m, k),
    b: matrix(b, k, n),
    c: matrix(left(equation), m, n),
  };
}
