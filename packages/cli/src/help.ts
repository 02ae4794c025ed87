/** Words of the help that several commands share. */

export const TABLE = 'a CSV, TSV, JSON, NDJSON or Parquet file, or "-" for standard input';
export const MODEL = "a file that train has written";
export const MISSING = "cells that stand for nothing: n/a,?";
export const ONE_OBJECT = "print one JSON object";
