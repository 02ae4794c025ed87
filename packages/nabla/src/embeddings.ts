/** Embeddings: integers as inputs, each of which stands for a row of numbers that is learnt. */

import { checkCount, checkFields, type Fields } from "./checks.ts";
import { elementOf, type Page, type Values } from "./layer-page.ts";

/** An input of integers in [0, categories), each of which is a row of a table E of numbers. */
export interface Embedding {
  readonly categories: number;
  readonly units: number;
}

/**
 * embedding: e[n,d] = E[id[n],d], the row of the table that an integer names.  E [categories, units].
 *
 * C. Guo, F. Berkhahn, Entity embeddings of categorical variables (2016).
 */
export function writeEmbedding(embedding: Embedding, number: number, page: Page): Values {
  const where = `embedding ${number}`;
  checkFields(`field of ${where}`, embedding, embeddingFields);
  const { categories, units } = embedding;
  checkCount(`${where}: categories`, categories);
  checkCount(`${where}: units`, units);
  const [E, id, c, d] = [`E${number}`, `id${number}`, `c${number}`, `d${number}`];
  const e: Values = { name: `e${number}`, index: d, units };

  page.lines.push(`${elementOf(e)} = ${E}[${id}[n],${d}]`);
  Object.assign(page.extents, { [id]: categories, [c]: categories, [d]: units });
  page.weights.push(`${E}[${c},${d}]`);
  page.initial[E] = "normal";
  return e;
}

const embeddingFields: Fields<Embedding> = { categories: true, units: true };
