/** Equations → instructions on registers, every loop written out. */

import { type Equation, hasRows, type Term } from "../../equations/equation.ts";
import type { Element, Expression, Index, Tensor } from "../../equations/expression.ts";
import { local, type StackVar, v128 } from "../assembler.ts";
import { maskOf } from "../lanes.ts";
import { elementsIn } from "../tasks.ts";
import { newValues, type Surroundings } from "../values.ts";
import {
  type Cut,
  cutsOf,
  type Register,
  type RegisterFile,
  readElement,
  spreadLane,
} from "./file.ts";
import { laneOf, type Weighing } from "./plan.ts";

type Vector = StackVar<"v128">;

export interface WriterSite extends Surroundings {
  readonly weighing: Weighing;
  readonly file: RegisterFile;
  /** What a flat tensor of the update is made of. */
  readonly flat: (tensor: Tensor) => readonly FlatPart[] | undefined;
}

/** The elements of a flat tensor that belong to one parameter. */
export interface FlatPart {
  readonly parameter: Tensor;
  readonly registers: readonly Register[];
}

export interface Writer {
  /** Computes what is the same for the whole run. */
  hoist(expressions: readonly Expression[]): void;
  /** Some terms of an equation; `adds` where the target already holds the others. */
  equation(equation: Equation, terms: readonly Term[], adds?: boolean): void;
  /** An equation of the update. */
  update(equation: Equation): void;
}

export function newWriter({ weighing, file, flat, ...site }: WriterSite): Writer {
  const { lanes, fresh, fused } = site;
  const { vector } = lanes;

  // Where the loops stand, all of them written out

  const bound = new Map<Index, number>();
  let lane: Index | undefined;
  let valid = 1;
  /** The vector at which the flat tensors stand. */
  let flatAt: { readonly parameter: Tensor; readonly register: number } | undefined;

  const load = (e: Element): Vector => {
    const parts = flat(e.tensor);
    if (parts === undefined) return readElement(e, { bound, lane, valid }, { file, lanes, fresh });
    const part = parts.find(({ parameter }) => parameter === flatAt?.parameter);
    return local.get(part?.registers[flatAt?.register ?? 0] as Register);
  };
  const values = newValues(site, { load });

  /** Runs `body` with the first index standing at the first place, and so on. */
  function stand(
    [index, ...indices]: readonly Index[],
    [at, ...places]: readonly number[],
    body: () => void,
  ): void {
    if (index === undefined) {
      values.within(body);
      return;
    }
    bound.set(index, at as number);
    stand(indices, places, body);
    bound.delete(index);
  }

  function forAll([first, ...rest]: readonly Index[], body: () => void): void {
    if (first === undefined) body();
    else if (first.extent === "rows") forAll(rest, body);
    else for (let i = 0; i < first.extent; i++) stand([first], [i], () => forAll(rest, body));
  }

  /** Runs `body` with vectors along an index. */
  function along(index: Index | undefined, count: number, body: () => void): void {
    const before = [lane, valid] as const;
    [lane, valid] = [index, count];
    body();
    [lane, valid] = before;
  }

  // Sums

  function writeTerm(equation: Equation, term: Term, { cut, total }: Place): void {
    const own = equation.indices.filter(({ extent }) => extent !== "rows");
    const way = laneOf(equation, term, weighing);
    const isMax = term.reduction === "max";
    if (way.across && cut.valid === 1) {
      sumAcross(way.lane as Index, term, { own, at: cut.at, total });
      return;
    }
    if (way.across) {
      const sums = fresh(v128);
      const dimension = file.grid(equation.target).along;
      for (let l = 0; l < cut.valid; l++) {
        const at = cut.at.map((x, d) => (d === dimension ? x + l : x));
        const sum = l === 0 ? sums : fresh(v128);
        sumAcross(way.lane as Index, term, { own, at, total: newTotal(sum, false) });
        const first = (): StackVar<"f32"> => vector.extract_lane(0, local.get(sum));
        if (l > 0) local.set(sums, vector.replace_lane(l as 0, local.get(sums), first()));
      }
      total.take(() => local.get(sums), isMax);
      return;
    }
    stand(own, cut.at, () =>
      along(way.lane, cut.valid, () => forAll(term.over, () => total.takeBody(term.body, isMax))),
    );
  }

  interface Place {
    readonly cut: Cut;
    readonly total: Total;
  }

  /** One element of the target: vectors along an index of the sum, then their lanes, one by one. */
  function sumAcross(
    index: Index,
    { over, body, reduction }: Term,
    { own, at, total }: { own: readonly Index[]; at: readonly number[]; total: Total },
  ): void {
    const others = over.filter((i) => i !== index);
    const extent = index.extent as number;
    const lanesOf = (from: number): void => {
      const part = fresh(v128);
      const count = Math.min(lanes.count, extent - from);
      along(index, count, () => local.set(part, values.many(body)));
      const each = Array.from({ length: count }, (_, l) => () => spreadLane(part, l, lanes));
      total.takeAll(each, reduction === "max");
    };
    stand(own, at, () =>
      forAll(others, () => {
        for (let from = 0; from < extent; from += lanes.count)
          stand([index], [from], () => lanesOf(from));
      }),
    );
  }

  type Total = ReturnType<typeof newTotal>;

  /** What is added up in a register, or the largest of what comes. */
  function newTotal(kept: Register, adds: boolean) {
    let begun = adds;
    function take(value: () => Vector, isMax: boolean): void {
      const combine = isMax ? vector.max : vector.add;
      local.set(kept, begun ? combine(local.get(kept), value()) : value());
      begun = true;
    }
    /** In pairs, and pairs of pairs, where the order is free: the last of them wait for little. */
    function takeAll(values: readonly (() => Vector)[], isMax: boolean): void {
      const combine = isMax ? vector.max : vector.add;
      const tree = (parts: readonly (() => Vector)[]): Vector => {
        const half = parts.length >> 1;
        return half === 0
          ? (parts[0] as () => Vector)()
          : combine(tree(parts.slice(0, half)), tree(parts.slice(half)));
      };
      if (fused) {
        local.set(kept, tree(begun ? [() => local.get(kept), ...values] : values));
        begun = true;
      } else for (const value of values) take(value, isMax);
    }
    return {
      ...{ take, takeAll },
      takeBody(body: Expression, isMax: boolean): void {
        const isProduct = body.kind === "operation" && body.name === "multiply";
        if (!(fused && begun && isProduct) || isMax) {
          take(() => values.many(body), isMax);
          return;
        }
        const [x, y] = body.arguments as [Expression, Expression];
        local.set(kept, vector.relaxed_madd(values.many(x), values.many(y), local.get(kept)));
      },
      end(): void {
        if (!begun) local.set(kept, lanes.constant(0));
      },
    };
  }

  function equation(written: Equation, terms: readonly Term[], adds = false): void {
    const { target } = written;
    const registers = file.registers(target);
    const bodies = terms.map((term) => term.body);
    const plainFirst = terms.toSorted((a, b) => a.over.length - b.over.length);
    for (const [r, cut] of cutsOf(file.grid(target), lanes).entries()) {
      const kept = registers[r] as Register;
      const total = newTotal(kept, adds);
      values.announce(bodies);
      for (const term of plainFirst) writeTerm(written, term, { cut, total });
      total.end();
      // What is no element stays 0 where it could add up from step to step: in the gradients
      const isPartial = cut.valid > 1 && cut.valid < lanes.count;
      if (isPartial && !hasRows(target)) local.set(kept, v128.and(kept, maskOf(lanes, cut.valid)));
    }
  }

  // The update: flat tensors, one vector of a parameter after the other

  function forParts(
    parts: readonly FlatPart[],
    body: (kept: Register, valid: number) => void,
  ): void {
    for (const { parameter, registers } of parts) {
      for (const [register, { valid }] of cutsOf(file.grid(parameter), lanes).entries()) {
        flatAt = { parameter, register };
        values.within(() => body(registers[register] as Register, valid));
      }
    }
    flatAt = undefined;
  }

  /** Σ_p over a flat tensor. */
  function sumFlat({ body }: Term, total: Total): void {
    const parts = elementsIn([body])
      .map((e) => flat(e.tensor))
      .find((part) => part !== undefined);
    forParts(parts ?? [], (_, valid) => {
      const value = (): Vector =>
        valid === lanes.count
          ? values.many(body)
          : v128.and(values.many(body), maskOf(lanes, valid));
      total.take(value, false);
    });
  }

  function update(written: Equation): void {
    const { target, terms } = written;
    values.announce(terms.map((term) => term.body));
    const own = flat(target);
    if (own !== undefined) {
      forParts(own, (kept) => local.set(kept, values.many(terms[0]?.body as Expression)));
      return;
    }
    if (terms.every((term) => term.over.length === 0)) {
      equation(written, terms);
      return;
    }
    const kept = file.registers(target)[0] as Register;
    const parts = fresh(v128);
    const total = newTotal(parts, false);
    for (const term of terms) sumFlat(term, total);
    total.end();
    const all = newTotal(kept, false);
    for (let l = 0; l < lanes.count; l++) all.take(() => spreadLane(parts, l, lanes), false);
  }

  return { hoist: values.hoist, equation, update };
}
