"""The numbers stored in random.test.ts, from the definitions on Python's unbounded integers.

python3 random.golden.py
"""

from itertools import count
from math import frexp, sqrt

WORD = 2**32
STREAMS = {"initialisation": 1, "shuffle": 2, "dropout": 3, "split": 4}


def philox(counter, key):
    c, k = counter, key
    for _ in range(10):
        high0, low0 = divmod(0xD2511F53 * c[0], WORD)
        high1, low1 = divmod(0xCD9E8D57 * c[2], WORD)
        c = (high1 ^ c[1] ^ k[0], low1, high0 ^ c[3] ^ k[1], low0)
        k = ((k[0] + 0x9E3779B9) % WORD, (k[1] + 0xBB67AE85) % WORD)
    return c


def words(seed, stream, first=0, second=0):
    for block in count():
        yield from philox((block, first, second, STREAMS[stream] << 24), (seed % WORD, seed // WORD))


def uniforms(draws):
    while True:
        yield ((next(draws) >> 5) * 2**26 + (next(draws) >> 6)) / 2**53


def below(draws, n):
    while True:
        high, low = divmod(next(draws) * n, WORD)
        if low >= WORD % n:
            return high


def log(x):
    """log.ts in its own order of operations, to the same bits."""
    half, exponent = frexp(x)
    if 2 * half > sqrt(2):
        f, e = half - 1, exponent
    else:
        f, e = 2 * half - 1, exponent - 1
    s = f / (2 + f)
    remainder = 0.0
    for odd in range(21, 1, -2):
        remainder = (remainder + 1 / odd) * (s * s)
    return e * 0.6931471803691238 - (s * (f - 2 * remainder) - e * 1.9082149292705877e-10 - f)


def normals(draws):
    uniform = uniforms(draws)
    while True:
        x, y = 2 * next(uniform) - 1, 2 * next(uniform) - 1
        square = x * x + y * y
        if 0 < square < 1:
            factor = sqrt(-2 * log(square) / square)
            yield x * factor
            yield y * factor


def permutation(n, draws):
    order = [0] * n
    for i in range(1, n):
        j = below(draws, i + 1)
        order[i], order[j] = order[j], i
    return order


def dropout_mask(seed, step, layer, first_row, rows, units, keep):
    def word(row, unit):
        counter = (unit // 4, first_row + row, step, STREAMS["dropout"] << 24 | layer)
        return philox(counter, (seed % WORD, seed // WORD))[unit % 4]

    return [[word(row, unit) < keep * WORD for unit in range(units)] for row in range(rows)]


def take(n, numbers):
    return [next(numbers) for _ in range(n)]


SEED = 0x1D_9F3A_6C55_0B17
print("uint32")
for name in ("initialisation", "shuffle", "split"):
    print("", name, [hex(word) for word in take(6, words(SEED, name, 3, 7))])
print("uniform", take(3, uniforms(words(1, "initialisation"))))
draws = words(1, "split")
print("below", [below(draws, n) for n in (1, 2, 6, 1000, 3 * 2**30, 2**32 - 1, 2**32)])
print("normal", take(5, normals(words(1, "initialisation"))))
print("permutation", permutation(10, words(1, "shuffle")))
for row in dropout_mask(1, 5, 2, 30, 3, 7, 0.75):
    print("dropout", "".join("1" if kept else "0" for kept in row))
