"""The values of sin 2 pi t and cos 2 pi t stored in turns.test.ts, from 60 digits, rounded to float64.

python3 turns.golden.py
"""

import mpmath

mpmath.mp.dps = 60

POINTS = """0 1e-300 1e-9 0.001 0.05 0.1 0.12499999999999999 0.125 0.12500000000000003 0.2 0.2499999
0.25 0.2500001 0.3 0.375 0.4 0.49 0.5 0.51 0.625 0.7 0.75 0.8 0.875 0.9 0.999 1 1.3 -0.1 -0.3 -0.6
-0.9 -7.35 20000.123 2849.5714285714284 55.12345678901234""".split()

for point in POINTS:
    t = mpmath.mpf(float(point))
    print(f"  [{point}, {float(mpmath.sinpi(2 * t))!r}, {float(mpmath.cospi(2 * t))!r}],".replace("e-0", "e-"))
