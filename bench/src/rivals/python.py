"""PyTorch and scikit-learn behind the same three requests as the JavaScript rivals: JSON lines.

    {"do": "prepare", "options": {"framework": "torch", "threads": 1}, "problem": {...}}  ->  {}
    {"do": "train", "epochs": 3}                                                ->  {"seconds": 0.4}
    {"do": "parameters"}                                    ->  {"weights": [...], "biases": [...]}

Float32 arrays travel as {"float32": base64}. Without a request, `--versions` tells what is here.
"""

import base64
import ctypes
import json
import sys
import time
import warnings

import numpy as np


def prepare_torch(problem, threads):
    """Eager PyTorch: a Sequential of Linear layers, one optimizer step for each batch."""
    import torch
    from torch import nn
    from torch.nn import functional as F

    torch.set_num_threads(threads)
    sizes = problem["sizes"]
    layers = []
    for index, activation in enumerate(problem["activations"]):
        linear = nn.Linear(sizes[index], sizes[index + 1])
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(problem["weights"][index]).view_as(linear.weight))
            linear.bias.copy_(torch.from_numpy(problem["biases"][index]))
        layers.append(linear)
        if activation != "softmax":  # cross_entropy takes what comes before it
            layers.append(nn.ReLU() if activation == "relu" else nn.Sigmoid())
    model = nn.Sequential(*layers)

    rules = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}
    optimizer = rules[problem["rule"]](model.parameters(), lr=problem["learningRate"])
    inputs = torch.from_numpy(problem["inputs"])
    targets = torch.from_numpy(problem["targets"])
    size = problem["batchSize"]
    if problem["cost"] == "cross-entropy":
        cost = F.cross_entropy
        targets = targets.argmax(1)
    else:
        def cost(a, y):
            return F.mse_loss(a, y, reduction="sum") * (0.5 / len(a))
    batches = list(zip(inputs.split(size), targets.split(size)))

    def train(epochs):
        for _ in range(epochs):
            for x, y in batches:
                optimizer.zero_grad(set_to_none=True)
                cost(model(x), y).backward()
                optimizer.step()

    def parameters():
        linears = [layer for layer in model if isinstance(layer, nn.Linear)]
        return {
            "weights": [layer.weight.detach().numpy() for layer in linears],
            "biases": [layer.bias.detach().numpy() for layer in linears],
        }

    return train, parameters


def prepare_sklearn(problem, threads):
    """scikit-learn's MLPClassifier; its threads are those of the BLAS beneath it."""
    from sklearn.neural_network import MLPClassifier

    warnings.simplefilter("ignore")
    sizes = problem["sizes"]
    inputs, targets = problem["inputs"], problem["targets"].astype(int)
    if problem["cost"] == "cross-entropy":
        targets = targets.argmax(1)
    elif sizes[-1] == 1:
        targets = targets.ravel()
    hidden = {"relu": "relu", "sigmoid": "logistic"}[problem["activations"][0]]
    model = MLPClassifier(
        hidden_layer_sizes=sizes[1:-1], activation=hidden, solver=problem["rule"], alpha=0.0,
        batch_size=problem["batchSize"], learning_rate_init=problem["learningRate"], momentum=0.0,
        nesterovs_momentum=False, shuffle=False, max_iter=1, n_iter_no_change=10**9,
        warm_start=True,
    )
    model.fit(inputs, targets)  # allocates; then the start parameters are put in
    for index, (weights, biases) in enumerate(zip(problem["weights"], problem["biases"])):
        model.coefs_[index][...] = weights.reshape(sizes[index + 1], sizes[index]).T
        model.intercepts_[index][...] = biases

    def train(epochs):
        model.max_iter = epochs
        model.fit(inputs, targets)

    def parameters():
        return {"weights": [w.T for w in model.coefs_], "biases": model.intercepts_}

    return train, parameters


frameworks = {"torch": prepare_torch, "sklearn": prepare_sklearn}


def decoded(value):
    if isinstance(value, dict) and set(value) == {"float32"}:
        return np.frombuffer(base64.b64decode(value["float32"]), dtype="<f4").copy()
    if isinstance(value, dict):
        return {key: decoded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [decoded(inner) for inner in value]
    return value


def encoded(array):
    flat = np.ascontiguousarray(array, dtype="<f4")
    return {"float32": base64.b64encode(flat.tobytes()).decode()}


def shaped(problem):
    rows, sizes = problem["rows"], problem["sizes"]
    return {
        **problem,
        "inputs": problem["inputs"].reshape(rows, sizes[0]),
        "targets": problem["targets"].reshape(rows, sizes[-1]),
    }


def answer(request, session):
    if request["do"] == "prepare":
        options = request["options"]
        prepare = frameworks[options["framework"]]
        session["train"], session["parameters"] = prepare(
            shaped(decoded(request["problem"])), options["threads"]
        )
        return {}
    if request["do"] == "train":
        start = time.perf_counter()
        session["train"](request["epochs"])
        return {"seconds": time.perf_counter() - start}
    found = session["parameters"]()
    return {name: [encoded(array) for array in arrays] for name, arrays in found.items()}


def versions():
    """What can be imported, and which kernels OpenBLAS has chosen for this processor."""
    found = {"numpy": np.__version__, "python": sys.version.split()[0]}
    for name in frameworks:
        try:
            found[name] = __import__(name).__version__
        except ImportError:
            pass
    try:
        blas = ctypes.CDLL("libopenblas.so.0")
        blas.openblas_get_corename.restype = ctypes.c_char_p
        blas.openblas_get_config.restype = ctypes.c_char_p
        found["openblas"] = blas.openblas_get_config().decode().split()[1]
        found["core"] = blas.openblas_get_corename().decode()
    except OSError:
        pass
    return found


if __name__ == "__main__":
    if sys.argv[1:] == ["--versions"]:
        print(json.dumps(versions()))
    else:
        session = {}
        for line in sys.stdin:
            try:
                reply = answer(json.loads(line), session)
            except Exception as error:  # told to whoever asked
                reply = {"error": f"{type(error).__name__}: {error}"}
            print(json.dumps(reply), flush=True)
