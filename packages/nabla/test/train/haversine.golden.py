"""The values of (1 - cos pi s)/2 stored in haversine.test.ts, from 60 digits, rounded to float64.

python3 haversine.golden.py
"""

import mpmath

mpmath.mp.dps = 60

POINTS = """0 1e-150 1e-20 1e-9 1e-6 0.0001 0.001 0.01 0.05 0.1 0.15 0.2 0.25 0.3 0.35 0.4 0.45 0.49 0.499
0.4999999999999999 0.5 0.5000000000000001 0.501 0.55 0.6 0.7 0.75 0.8 0.9 0.99 0.9999 1""".split()

for point in POINTS:
    s = mpmath.mpf(float(point))
    print(f"  [{point}, {float(mpmath.sinpi(s / 2) ** 2)!r}],".replace("e-0", "e-"))
