/** The indices of the element at a flat, row-major position. */
export function placeOf(flat: number, sizes: readonly number[]): number[] {
  const places: number[] = [];
  let rest = flat;
  for (const size of sizes.toReversed()) {
    places.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return places;
}
