"""The rates of PyTorch's published schedules in schedules.golden.json. Needs mpmath.

The closed forms have 50 digits and are rounded once, so that a rate near 0 is right too (in float64
1 + cos loses its digits there). ReduceLROnPlateau is its algorithm, with an eps of 0.

python3 schedules.golden.py > schedules.golden.json
"""

from json import dumps
from math import inf

from mpmath import cos, mp, mpf, pi

mp.dps = 50


def lambda_lr(base, _):
    return lambda t: base


def step_lr(base, o):
    return lambda t: base * mpf(o["factor"]) ** (t // o["stepsPerEpoch"] // o["every"])


def exponential_lr(base, o):
    return lambda t: base * mpf(o["factor"]) ** (t // o["stepsPerEpoch"])


def cosine_annealing_lr(base, o):
    eta_min, t_max = mpf(o["minimum"]), o["steps"]
    return lambda t: eta_min + (base - eta_min) * (1 + cos(pi * t / t_max)) / 2


def one_cycle_lr(maximum, o):
    first = maximum / mpf(o["divFactor"])
    last = first / mpf(o["finalDivFactor"])
    end = o["steps"] - 1
    peak = mpf(o["pctStart"]) * o["steps"] - 1

    def annealed(a, b, part):
        return b + (a - b) / 2 * (cos(pi * part) + 1)

    def rate(t):
        if t <= peak:
            return annealed(first, maximum, t / peak)
        return annealed(maximum, last, (t - peak) / (end - peak))

    return rate


FORMS = {
    "constant": lambda_lr,
    "step": step_lr,
    "exponential": exponential_lr,
    "cosine": cosine_annealing_lr,
    "one-cycle": one_cycle_lr,
}
CYCLE = {"schedule": "one-cycle", "pctStart": 0.3, "divFactor": 25, "finalDivFactor": 1e4}
CASES = [
    ({"schedule": "constant"}, 0.1, 2, 3),
    ({"schedule": "step", "every": 2, "factor": 0.1}, 0.1, 7, 2),
    ({"schedule": "step", "every": 1, "factor": 0.7}, 0.003, 5, 3),
    ({"schedule": "exponential", "factor": 0.95}, 0.01, 8, 2),
    ({"schedule": "cosine", "minimum": 0}, 0.1, 5, 8),
    ({"schedule": "cosine", "minimum": 1e-5}, 0.003, 1, 31),
    (CYCLE, 0.1, 5, 8),
    (CYCLE, 0.1, 1, 1),
    (CYCLE, 0.1, 1, 2),
    ({**CYCLE, "pctStart": 0.77, "divFactor": 3, "finalDivFactor": 7}, 0.01, 3, 11),
]
PLATEAU = {"factor": 0.1, "patience": 10, "threshold": 1e-4, "cooldown": 0, "minimum": 0}
FLAT = [3, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0.5, 0.5]
WAVES = [1, 0.9, 0.95, 0.85, 0.85, 0.8, 0.799, 0.798, 0.797, 0.796, 0.7, 0.75, 0.7, 0.69, 0.691, 0.5]
PLATEAUS = [
    (PLATEAU, 0.1, FLAT),
    ({**PLATEAU, "factor": 0.5, "patience": 2, "minimum": 0.02}, 0.1, FLAT),
    ({**PLATEAU, "factor": 0.5, "patience": 1, "cooldown": 3}, 0.1, FLAT),
    ({**PLATEAU, "factor": 0.3, "patience": 0, "threshold": 0.01, "cooldown": 1}, 0.1, WAVES),
]


def reduce_on_plateau(o, learning_rate, costs):
    rate, best, waited, cooling = mpf(learning_rate), inf, 0, 0
    for cost in costs:
        yield float(rate)
        better = cost < best * (1 - o["threshold"])
        best = cost if better else best
        waited = 0 if better or cooling > 0 else waited + 1
        cooling = max(cooling - 1, 0)
        if waited > o["patience"]:
            rate = max(rate * mpf(o["factor"]), mpf(o["minimum"]))
            waited, cooling = 0, o["cooldown"]


def case(schedule, learning_rate, epochs, steps_per_epoch):
    steps = epochs * steps_per_epoch
    options = {**schedule, "steps": steps, "stepsPerEpoch": steps_per_epoch}
    rate = FORMS[schedule["schedule"]](mpf(learning_rate), options)
    run = {"learningRate": learning_rate, "epochs": epochs, "stepsPerEpoch": steps_per_epoch}
    return {"schedule": schedule, "run": run, "rates": [float(rate(t)) for t in range(steps)]}


def plateau(options, learning_rate, costs):
    return {
        "schedule": {"schedule": "on-plateau", **options},
        "run": {"learningRate": learning_rate, "epochs": len(costs), "stepsPerEpoch": 1},
        "costs": costs,
        "rates": list(reduce_on_plateau(options, learning_rate, costs)),
    }


cases = [case(*c) for c in CASES]
print(dumps({"cases": cases, "plateaus": [plateau(*p) for p in PLATEAUS]}, indent=2))
