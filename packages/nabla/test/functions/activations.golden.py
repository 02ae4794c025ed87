"""The values and slopes stored in activations.golden.json, to 700 digits and then rounded once.

python3 activations.golden.py > activations.golden.json

The slope is that from the left, which at a kink is the convention of the table. What exceeds
float64 is null.
"""

from json import dumps
from sys import float_info

from mpmath import cosh, diff, exp, expm1, log1p, mp, mpf, ncdf, pi, sinh, sqrt, tanh

mp.dps = 700
POINTS = ["0", "1e-8", "-1e-8", "37", "-37", "100", "-100", "710", "-710", "1e30", "-1e30"]

LAMBDA = mpf("1.0507009873554804934193349852946")  # Klambauer et al. (2017)
ALPHA = mpf("1.6732632423543772848170429916717")


def sigmoid(z):
    return 1 / (1 + exp(-z))


def softplus(z):
    return log1p(exp(z))


ACTIVATIONS = {
    "identity": lambda z: z,
    "sigmoid": sigmoid,
    "tanh": lambda z: sinh(z) / cosh(z),
    "relu": lambda z: max(z, mpf(0)),
    "leaky-relu": lambda z: z if z > 0 else z * mpf("0.01"),
    "elu": lambda z: z if z > 0 else expm1(z),
    "selu": lambda z: LAMBDA * (z if z > 0 else ALPHA * expm1(z)),
    "gelu": lambda z: z * ncdf(z),
    "gelu-tanh": lambda z: z / 2 * (1 + tanh(sqrt(2 / pi) * (z + mpf("0.044715") * z**3))),
    "silu": lambda z: z * sigmoid(z),
    "softplus": softplus,
    "softsign": lambda z: z / (1 + abs(z)),
    "hard-sigmoid": lambda z: min(mpf(1), max(mpf(0), (z + 3) / 6)),
    "mish": lambda z: z * tanh(softplus(z)),
    "exp": exp,
}


def rounded(x):
    return None if abs(x) > float_info.max else float(x)


golden = {"points": [float(z) for z in POINTS]}
for name, value in ACTIVATIONS.items():
    golden[name] = {
        "value": [rounded(value(mpf(z))) for z in POINTS],
        "slope": [rounded(diff(value, mpf(z), direction=-1)) for z in POINTS],
    }
print(dumps(golden, indent=2))
