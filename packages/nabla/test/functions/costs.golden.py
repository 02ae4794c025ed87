"""The costs of a row and their slopes in costs.golden.json, to 700 digits and then rounded once.

python3 costs.golden.py > costs.golden.json

Each case: the pre-activations z of the last layer, the targets y, c and ∂c/∂z. What exceeds
float64 is null.
"""

from json import dumps
from sys import float_info

from mpmath import diff, exp, fsum, log, log1p, mp, mpf

mp.dps = 700
EXTREMES = ["0", "1e-8", "-1e-8", "37", "-37", "100", "-100", "710", "-710"]
EXTREMES += ["1e4", "-1e4", "1e30", "-1e30"]


def softplus(z):
    return log1p(exp(z))


def cross_entropy(z, y):
    top = max(z)
    log_sum = top + log(fsum(exp(zk - top) for zk in z))
    return fsum(yk * (log_sum - zk) for zk, yk in zip(z, y))


def huber(error):
    return error**2 / 2 if abs(error) <= 1 else abs(error) - mpf(1) / 2


def over_outputs(cost):
    return lambda z, y: fsum(cost(zk, yk) for zk, yk in zip(z, y))


COSTS = {
    "squared-error": over_outputs(lambda z, y: (z - y) ** 2 / 2),
    "mean-squared-error": lambda z, y: fsum((zk - yk) ** 2 for zk, yk in zip(z, y)) / len(z),
    "mean-absolute-error": lambda z, y: fsum(abs(zk - yk) for zk, yk in zip(z, y)) / len(z),
    "huber": over_outputs(lambda z, y: huber(z - y)),
    "cross-entropy": cross_entropy,
    "binary-cross-entropy": over_outputs(lambda z, y: softplus(z) - y * z),
    "poisson": over_outputs(lambda z, y: exp(z) - y * z),
    "hinge": over_outputs(lambda z, y: max(mpf(0), 1 - y * z)),
}

TARGETS = {
    "squared-error": ["0.5", "-3", "1e30"],
    "mean-squared-error": ["0.5", "-3", "1e30"],
    "mean-absolute-error": ["0.5", "-3", "1e30"],
    "huber": ["0.5", "-3", "1e30"],
    "binary-cross-entropy": ["0", "1", "0.25"],
    "poisson": ["0", "1", "4"],
    "hinge": ["1", "-1", "1"],
}


def rounded(x):
    return None if abs(x) > float_info.max else float(x)


def case(cost, z, y):
    # as the doubles that the test will read
    z = [mpf(float(zk)) for zk in z]
    y = [mpf(float(yk)) for yk in y]

    def along(k):
        return lambda zk: cost(z[:k] + [zk] + z[k + 1 :], y)

    return {
        "z": [float(zk) for zk in z],
        "y": [float(yk) for yk in y],
        "cost": rounded(cost(z, y)),
        "slopes": [rounded(diff(along(k), zk)) for k, zk in enumerate(z)],
    }


golden = {
    name: [case(COSTS[name], [z, z, z], targets) for z in EXTREMES]
    for name, targets in TARGETS.items()
}
golden["cross-entropy"] = [
    case(cross_entropy, z, y)
    for z in [["0", "0", "0"], ["1e-8", "0", "-1e-8"], ["-2", "1", "37"], ["100", "-100", "0"]]
    + [["710", "-710", "0"], ["1e5", "100001", "99997"], ["1e7", "10000001", "9999998"]]
    + [["1e30", "-1e30", "0"], ["-1e30", "-1e30", "1e30"]]
    for y in [["0.25", "0.25", "0.5"], ["0", "1", "0"], ["2", "0.5", "1"], ["0", "0", "0"]]
]
print(dumps(golden, indent=2))
