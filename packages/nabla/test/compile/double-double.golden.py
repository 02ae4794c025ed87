"""The values stored in elementary.test.ts: 50 digits as the sum of two float64. Needs mpmath.

python3 double-double.golden.py
"""

import mpmath

mpmath.mp.dps = 50
POINTS = {
    "exp": [-87.3, -1, 0.1, 2.5, 709.7],
    "logistic": [-87.3, -16.6, -0.3, 0.7, 16.6, 700],
    "expm1": [-30, -0.34, -1e-10, 1e-5, 0.41, 700],
    "log": [5e-324, 1e-300, 0.7, 0.999999, 1.5, 1e308],
    "log1p": [-0.9999999, -0.3, -1e-12, 1e-8, 0.42, 1e10, 1e25],
    "tanh": [1e-10, 0.17, 0.6, 2, 15],
    "erf": [1e-10, 0.5, 1, 2, 3.5, 5.9],
}


def logistic(x):
    return 1 / (1 + mpmath.exp(-x))


for name, points in POINTS.items():
    for x in points:
        value = (logistic if name == "logistic" else getattr(mpmath, name))(mpmath.mpf(x))
        high = float(value)
        low = float(value - high)
        print(f'  ["{name}", {x!r}, {high!r}, {low!r}],'.replace("e-0", "e-").replace("e+", "e"))
