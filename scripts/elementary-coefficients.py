"""The constants of the compiled elementary functions from 50 digits: minimax polynomials by the
Remez algorithm, then rounded to each precision. Needs mpmath.

python3 scripts/elementary-coefficients.py > packages/nabla/src/compile/elementary/coefficients.ts
"""

from textwrap import fill

from mpmath import atanh, ceil, cos, coth, erf, erfc, exp, floor, frexp, ldexp, log, lu_solve
from mpmath import matrix, mp, mpf, nint, pi, polyval, sqrt

mp.dps = 50
ZERO = mpf("1e-12")  # in the place of 0, where the functions are 0/0


def remez(f, interval, terms, weight):
    """c with the least largest |weight·(f − Σ c[k]·x^k)| on the interval."""
    low, high = map(mpf, interval)
    middle, half = (low + high) / 2, (high - low) / 2
    count = 24 * terms
    grid = [middle - half * cos(pi * i / count) for i in range(count + 1)]
    grid = [(x, f(x), weight(x)) for x in grid]
    points = grid[::24]
    while True:
        # weight·(f − p) = ±error at the points; p in powers of (x − middle)/half
        left, right = matrix(terms + 1, terms + 1), matrix(terms + 1, 1)
        for i, (x, y, w) in enumerate(points):
            for k in range(terms):
                left[i, k] = w * ((x - middle) / half) ** k
            left[i, terms] = (-1) ** i
            right[i] = w * y
        *c, error = lu_solve(left, right)

        # The next points: where the error is largest between two changes of its sign
        peaks = []
        for x, y, w in grid:
            here = w * (y - polyval(c[::-1], (x - middle) / half))
            if not peaks or (peaks[-1][0] > 0) != (here > 0):
                peaks.append((here, (x, y, w)))
            elif abs(here) > abs(peaks[-1][0]):
                peaks[-1] = (here, (x, y, w))
        while len(peaks) > terms + 1:
            peaks.pop(0 if abs(peaks[0][0]) < abs(peaks[-1][0]) else -1)
        points = [point for _, point in peaks]
        if max(abs(here) for here, _ in peaks) < 1.001 * abs(error):
            return in_powers_of_x(c, middle, half)


def in_powers_of_x(c, middle, half):
    """The polynomial with the coefficients c in powers of (x − middle)/half."""
    result = [mpf(0)]
    for ck in reversed(c):
        product = [mpf(0)] * (len(result) + 1)
        for k, r in enumerate(result):
            product[k] -= r * middle / half
            product[k + 1] += r / half
        product[0] += ck
        result = product
    return result[: len(c)]


def rounded(x, bits, how=nint):
    """x with so many significant bits."""
    _, exponent = frexp(x)
    return ldexp(how(ldexp(x, bits - exponent)), exponent - bits)


def coth_term(z):
    """(r·coth(r/2) − 2)/z, z = r²"""
    return (sqrt(z) * coth(sqrt(z) / 2) - 2) / z


def exp_term(r):
    """(eʳ − 1 − r)/r²"""
    return (exp(r) - 1 - r) / r**2


def artanh_term(z):
    """2(artanh(s)/s − 1)/z, z = s²"""
    return 2 * (atanh(sqrt(z)) / sqrt(z) - 1) / z


def erf_ratio(z):
    """erf(x)/x, z = x²"""
    return erf(sqrt(z)) / sqrt(z)


PRECISIONS = {
    "float32": {
        "bits": 24, "least exponent": -126, "exponents": 8, "expm1 end": -18,
        "exp": 5, "expm1": 2, "log": 3, "tanh": (4, 0.703125, 10), "erf": (6, 6, 0.90625, 3.9375),
    },
    "float64": {
        "bits": 53, "least exponent": -1022, "exponents": 11, "expm1 end": -38,
        "exp": 10, "expm1": 5, "log": 7, "tanh": (9, 0.703125, 20), "erf": (12, 18, 0.90625, 6),
    },
}  # fmt: skip


def constants(p):
    bits, least = p["bits"], p["least exponent"]
    ln2_high = rounded(log(2), bits - p["exponents"])
    yield "smallestNormal", ldexp(mpf(1), least)
    yield "ln2High", ln2_high
    yield "ln2Low", log(2) - ln2_high
    ln2_nearest = rounded(log(2), bits)
    yield "ln2Nearest", ln2_nearest
    yield "ln2Rest", log(2) - ln2_nearest
    yield "lnSmallest", rounded(least * log(2), bits, ceil)
    yield "lnLargest", rounded((2 - least) * log(2), bits, floor)
    yield "exp", remez(exp_term, (ZERO - log(2) / 2, log(2) / 2), p["exp"], lambda r: r**2 / exp(r))

    yield "expm1End", p["expm1 end"]
    yield "expm1", remez(coth_term, (ZERO, mpf("0.406") ** 2), p["expm1"], lambda z: z)

    terms, split, end = p["tanh"]
    halves = remez(coth_term, (ZERO, (2 * mpf(split)) ** 2), terms, lambda z: z)
    yield "tanhSplit", split
    yield "tanhEnd", end
    yield "tanh", [2 * 4**k * c for k, c in enumerate(halves)]

    s = (sqrt(2) - 1) / (sqrt(2) + 1)
    yield "log", remez(artanh_term, (ZERO, s**2), p["log"], lambda z: z)

    near, far, split, end = p["erf"]
    yield "erfSplit", split
    yield "erfEnd", end
    yield "erf", remez(
        lambda z: erf_ratio(z) - 1, (ZERO, mpf(split) ** 2), near, lambda z: 1 / erf_ratio(z)
    )
    yield "lnErfc", remez(lambda x: log(erfc(x)) / x, (split, end), far, lambda x: x * erfc(x))


def literal(x, bits):
    if float(x) == float(log(2)):
        return "Math.LN2"
    return repr(float(rounded(mpf(x), bits))).replace("e-0", "e-").removesuffix(".0")


print("""\
/** The constants of the elementary functions, written by scripts/elementary-coefficients.py. */

export interface Coefficients {
  readonly smallestNormal: number;
  /** ln 2 in two parts: n times the high one is exact. */
  readonly ln2High: number;
  readonly ln2Low: number;
  /** The same, with all digits in the first one. */
  readonly ln2Nearest: number;
  readonly ln2Rest: number;
  /** The least x with eˣ a normal number, the largest with eˣ finite. */
  readonly lnSmallest: number;
  readonly lnLargest: number;
  /** eʳ = 1 + r + r²·Σ exp[k]·rᵏ, |r| ≤ ½ln 2 */
  readonly exp: readonly number[];

  /** Below it eˣ − 1 rounds to −1. */
  readonly expm1End: number;
  /** r·coth(r/2) = 2 + z·Σ expm1[k]·zᵏ, z = r², |r| ≤ 0.406 */
  readonly expm1: readonly number[];

  /** v·coth v = 1 + z·Σ tanh[k]·zᵏ, z = v², |v| ≤ tanhSplit; beyond tanhEnd tanh x rounds to ±1. */
  readonly tanhSplit: number;
  readonly tanhEnd: number;
  readonly tanh: readonly number[];

  /** 2·artanh(s)/s = 2 + z·Σ log[k]·zᵏ, z = s², |s| ≤ (√2 − 1)/(√2 + 1) */
  readonly log: readonly number[];

  /** erf(x)/x = 1 + Σ erf[k]·x²ᵏ up to erfSplit; ln erfc(x) = x·Σ lnErfc[k]·xᵏ up to erfEnd. */
  readonly erfSplit: number;
  readonly erfEnd: number;
  readonly erf: readonly number[];
  readonly lnErfc: readonly number[];
}
""")
for name, p in PRECISIONS.items():
    print(f"const {name}: Coefficients = {{")
    for key, value in constants(p):
        if isinstance(value, list):
            items = ", ".join(literal(c, p["bits"]) for c in value)
            line = f"  {key}: [{items}],"
            block = fill(items + ",", 100, initial_indent="    ", subsequent_indent="    ")
            print(line if len(line) <= 100 else f"  {key}: [\n{block}\n  ],")
        else:
            print(f"  {key}: {literal(value, p['bits'])},")
    print("};\n")
print("export const coefficients = { float32, float64 } as const;")
