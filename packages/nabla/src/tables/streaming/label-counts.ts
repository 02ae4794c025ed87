/**
 * How many rows have each label, in bounded memory. Where there are more different labels than the table has
 * places, the half that is counted least is given up, and what the most frequent of these counted is taken
 * from all:
 *
 *     rows of a label − 2·rows/places  ≤  count  ≤  rows of the label
 *
 * J. Misra, D. Gries: Finding repeated elements. Science of Computer Programming 2 (1982). As long as there are
 * no more labels than places, counts are exact.
 */

const PLACES = 1 << 17;
/** Texts may be long. */
const CHARACTERS = 1 << 24;

export interface LabelCounts {
  /** Of the labels that are left. */
  readonly counts: ReadonlyMap<string, number>;
  /** How many of its rows a label may have been robbed of; those that are not left, of all. */
  readonly lost: number;
  add(label: string): void;
}

export function newLabelCounts(places = PLACES): LabelCounts {
  const counts = new Map<string, number>();
  let characters = 0;
  let lost = 0;

  function shrink(): void {
    const sorted = Float64Array.from(counts.values()).sort();
    const least = sorted[Math.floor((sorted.length - 1) / 2)]!;
    characters = 0;
    for (const [label, count] of counts) {
      if (count <= least) counts.delete(label);
      else {
        counts.set(label, count - least);
        characters += label.length;
      }
    }
    lost += least;
  }

  return {
    counts,
    get lost() {
      return lost;
    },
    add(label) {
      const count = counts.get(label);
      if (count !== undefined) {
        counts.set(label, count + 1);
        return;
      }
      counts.set(label, 1);
      characters += label.length;
      if (counts.size > places || characters > CHARACTERS) shrink();
    },
  };
}
