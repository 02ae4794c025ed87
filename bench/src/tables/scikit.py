"""Data sets, and scikit-learn on them: JSON lines, one request each.

    {"do": "load", "name": "iris"}                              ->  {"task": ..., "target": ..., "rows": [...]}
    {"do": "fit", "task": ..., "target": ..., "train": [...], "test": [...], "seed": 3, "scaled": false}
                                                                ->  {"predictions": [...], "seconds": 0.4}
    {"do": "versions"}                                          ->  {"scikit-learn": "1.2.1", ...}

Rows are objects by column; null is a missing value.
"""

import json
import platform
import sys
import time
import warnings

import numpy as np
import sklearn
from sklearn import datasets
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

warnings.filterwarnings("ignore")


def load(request):
    name = request["name"]
    data = getattr(datasets, f"load_{name}")()
    classes = getattr(data, "target_names", None)
    task = "classification" if name != "diabetes" else "regression"
    columns = [str(column) for column in data.feature_names]
    rows = [dict(zip(columns, map(float, row))) for row in data.data]
    for row, value in zip(rows, data.target):
        row["target"] = str(classes[value]) if task == "classification" else float(value)
    return {"task": task, "target": "target", "rows": rows}


def preprocessing(numbers, words, missing):
    """What nabla does: numbers standardised, 0 where missing, with an indicator; a slot a category."""
    standard = make_pipeline(StandardScaler(), SimpleImputer(strategy="constant", fill_value=0))
    parts = [("numbers", standard, numbers)] if numbers else []
    if missing:
        parts.append(("missing", MissingIndicator(features="all"), missing))
    if words:
        parts.append(("words", OneHotEncoder(handle_unknown="ignore"), words))
    return ColumnTransformer(parts, sparse_threshold=0)


def fit(request):
    train, test, target = request["train"], request["test"], request["target"]
    columns = [column for column in train[0] if column != target]
    present = {c: [row[c] for row in train if row[c] is not None] for c in columns}
    is_number = {c: all(isinstance(v, (int, float)) for v in present[c]) for c in columns}
    numbers = [c for c in columns if is_number[c]]
    words = [c for c in columns if not is_number[c]]

    def table(rows):
        floats = [[np.nan if row[c] is None else float(row[c]) for c in numbers] for row in rows]
        texts = [["" if row[c] is None else str(row[c]) for c in words] for row in rows]
        return np.array([f + t for f, t in zip(floats, texts)], dtype=object)

    order = numbers + words
    at = {c: i for i, c in enumerate(order)}
    gaps = [c for c in numbers if len(present[c]) < len(train)]
    encoder = preprocessing([at[c] for c in numbers], [at[c] for c in words], [at[c] for c in gaps])

    regression = request["task"] == "regression"
    Model = MLPRegressor if regression else MLPClassifier
    model = Model(max_iter=500, random_state=request["seed"])
    if regression and request.get("scaled"):
        model = TransformedTargetRegressor(model, transformer=StandardScaler())
    pipeline = make_pipeline(encoder, model)
    inputs, held = table(train), table(test)
    targets = np.array([row[target] for row in train])
    started = time.perf_counter()
    pipeline.fit(inputs, targets)
    seconds = time.perf_counter() - started
    return {"predictions": pipeline.predict(held).tolist(), "seconds": seconds}


def versions(_):
    return {
        "scikit-learn": sklearn.__version__,
        "NumPy": np.__version__,
        "Python": platform.python_version(),
    }


answers = {"load": load, "fit": fit, "versions": versions}
for line in sys.stdin:
    request = json.loads(line)
    try:
        reply = answers[request["do"]](request)
    except Exception as error:  # the harness reports it
        reply = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(reply), flush=True)
