"""Ten steps of each optimiser in optimizers.golden.json: PyTorch's single-tensor forms, in numpy.

python3 optimizers.golden.py > optimizers.golden.json
"""

from json import dumps

import numpy as np

START = np.array([0.5, -1.25, 2.0, 0.0])
GRADIENTS = np.round(np.random.default_rng(7).normal(size=(10, 4)), 3)
GRADIENTS[:, 3] = [1e-9, 0, 2e-9, 0, 0, -1e-9, 1, 1e6, 0, -3]  # tiny, absent and huge ones


def decayed(g, theta, o):
    return g + o.get("weightDecay", 0) * theta


def sgd(o):
    lr, momentum = o["learningRate"], o.get("momentum", 0)
    state = {}

    def step(theta, g, t):
        g = decayed(g, theta, o)
        if momentum != 0:
            state["buf"] = g.copy() if t == 1 else momentum * state["buf"] + g
            g = g + momentum * state["buf"] if o.get("nesterov") else state["buf"]
        return theta - lr * g

    return step


def rmsprop(o):
    lr, alpha, eps, momentum = o["learningRate"], o["decay"], o["epsilon"], o.get("momentum", 0)
    state = {"square": 0.0, "buf": 0.0}

    def step(theta, g, t):
        g = decayed(g, theta, o)
        state["square"] = alpha * state["square"] + (1 - alpha) * g * g
        avg = np.sqrt(state["square"]) + eps
        if momentum == 0:
            return theta - lr * g / avg
        state["buf"] = momentum * state["buf"] + g / avg
        return theta - lr * state["buf"]

    return step


def adagrad(o):
    state = {"sum": 0.0}

    def step(theta, g, t):
        g = decayed(g, theta, o)
        state["sum"] = state["sum"] + g * g
        return theta - o["learningRate"] * g / (np.sqrt(state["sum"]) + o["epsilon"])

    return step


def adam(o, decoupled=False):
    lr, b1, b2, eps = o["learningRate"], o["beta1"], o["beta2"], o["epsilon"]
    state = {"avg": 0.0, "square": 0.0}

    def step(theta, g, t):
        if decoupled:
            theta = theta * (1 - lr * o["weightDecay"])
        else:
            g = decayed(g, theta, o)
        state["avg"] = b1 * state["avg"] + (1 - b1) * g
        state["square"] = b2 * state["square"] + (1 - b2) * g * g
        denominator = np.sqrt(state["square"]) / np.sqrt(1 - b2**t) + eps
        return theta - lr / (1 - b1**t) * state["avg"] / denominator

    return step


def rprop(o):
    state = {"previous": np.zeros(4), "size": np.full(4, o["learningRate"])}

    def step(theta, g, t):
        turn = np.sign(g * state["previous"])
        factor = np.where(turn > 0, 1.2, np.where(turn < 0, 0.5, 1))
        state["size"] = np.clip(state["size"] * factor, 1e-6, 50)
        g = np.where(turn < 0, 0, g)
        state["previous"] = g
        return theta - np.sign(g) * state["size"]

    return step


FORMS = {
    "sgd": sgd,
    "rmsprop": rmsprop,
    "adagrad": adagrad,
    "adam": adam,
    "adamw": lambda o: adam(o, decoupled=True),
    "rprop": rprop,
}
RMSPROP = {"rule": "rmsprop", "learningRate": 0.01, "decay": 0.99, "epsilon": 1e-8}
ADAM = {"rule": "adam", "learningRate": 0.001, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
CASES = [
    {"rule": "sgd", "learningRate": 0.1},
    {"rule": "sgd", "learningRate": 0.1, "weightDecay": 0.2},
    {"rule": "sgd", "learningRate": 0.1, "momentum": 0.9},
    {"rule": "sgd", "learningRate": 0.1, "momentum": 0.9, "weightDecay": 0.2},
    {"rule": "sgd", "learningRate": 0.1, "momentum": 0.9, "nesterov": True},
    {"rule": "sgd", "learningRate": 0.1, "momentum": 0.9, "nesterov": True, "weightDecay": 0.2},
    RMSPROP,
    {**RMSPROP, "decay": 0.5, "epsilon": 0.1, "weightDecay": 0.2},
    {**RMSPROP, "momentum": 0.8},
    {"rule": "adagrad", "learningRate": 0.01, "epsilon": 1e-10},
    {"rule": "adagrad", "learningRate": 0.5, "epsilon": 0.01, "weightDecay": 0.2},
    ADAM,
    {**ADAM, "learningRate": 0.1, "beta1": 0.5, "beta2": 0.7, "epsilon": 0.01, "weightDecay": 0.2},
    {**ADAM, "rule": "adamw", "weightDecay": 0.01},
    {**ADAM, "rule": "adamw", "learningRate": 0.1, "weightDecay": 0.5},
    {"rule": "rprop", "learningRate": 0.01},
    {"rule": "rprop", "learningRate": 40},
]


def trajectory(options):
    step, theta = FORMS[options["rule"]](options), START
    for t, g in enumerate(GRADIENTS, 1):
        theta = step(theta, g, t)
        yield theta.tolist()


cases = [{"options": options, "steps": list(trajectory(options))} for options in CASES]
print(dumps({"start": START.tolist(), "gradients": GRADIENTS.tolist(), "cases": cases}, indent=2))
