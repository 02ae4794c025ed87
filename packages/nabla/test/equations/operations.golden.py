"""The values of erf stored in operations.test.ts, from 60 digits, rounded to float64.

python3 operations.golden.py
"""

import mpmath

mpmath.mp.dps = 60

POINTS = """5e-324 1e-310 1e-20 1e-8 0.001 0.1 0.25 0.5 0.75 0.84375 0.9 0.95 0.999 0.9999999999999999
1 1.0000000000000002 1.001 1.01 1.05 1.1 1.2 1.25 1.5 1.75 2 2.5 3 3.5 4 4.5 5 5.5 5.9 5.95
6 10 1e300""".split()

for point in POINTS:
    print(f"    [{point}, {float(mpmath.erf(mpmath.mpf(float(point))))!r}],")
