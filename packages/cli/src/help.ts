/** Words of the help that several commands share. */

export const MODEL = "a file that train has written";
export const MISSING = "cells that stand for nothing: n/a,?";
export const ONE_OBJECT = "print one JSON object";
