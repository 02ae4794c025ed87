"""Metrics of small random data in metrics.golden.json, by scikit-learn 1.2.

python3 metrics.golden.py > metrics.golden.json
"""

from json import dumps

import numpy as np
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    balanced_accuracy_score,
    confusion_matrix,
    f1_score,
    hamming_loss,
    log_loss,
    mean_absolute_error,
    mean_squared_error,
    precision_recall_fscore_support,
    r2_score,
    roc_auc_score,
)

random = np.random.default_rng(11)


def mean(figure, columns):
    return float(np.mean([figure(y, p) for y, p in columns]))


def per_class(y, predicted, w, labels):
    columns = precision_recall_fscore_support(
        y, predicted, labels=labels, sample_weight=w, zero_division=0
    )
    names = ["precision", "recall", "f1", "support"]
    return [dict(zip(names, map(float, row))) for row in zip(*columns)]


def classification(rows, classes, weighted, present):
    # Sixteenths: many equal scores, exact in binary. The largest of a row is unique.
    p = random.multinomial(16, np.ones(classes) / classes, size=4 * rows) / 16
    top = np.sort(p, axis=1)
    p = p[(top[:, -1] > top[:, -2]) & (p.min(axis=1) > 0)][:rows]
    y = random.choice(present, size=rows)
    w = random.integers(1, 8, size=rows) / 4 if weighted else None
    predicted = p.argmax(axis=1)
    areas = [1] if classes == 2 else present
    columns = [(y == c, p[:, c]) for c in areas]
    labels = list(range(classes))
    return {
        "classes": classes,
        "probabilities": p.tolist(),
        "targets": y.tolist(),
        "weights": None if w is None else w.tolist(),
        "metrics": {
            "accuracy": accuracy_score(y, predicted, sample_weight=w),
            "balancedAccuracy": balanced_accuracy_score(y, predicted, sample_weight=w),
            "logLoss": log_loss(y, p, labels=labels, sample_weight=w),
            "rocAuc": mean(lambda y, p: roc_auc_score(y, p, sample_weight=w), columns),
            "prAuc": mean(lambda y, p: average_precision_score(y, p, sample_weight=w), columns),
            "f1": f1_score(y, predicted, average="macro", sample_weight=w),
            "f1Micro": f1_score(y, predicted, average="micro", sample_weight=w),
            "classes": per_class(y, predicted, w, labels),
            "confusion": confusion_matrix(y, predicted, labels=labels, sample_weight=w).tolist(),
        },
    }


def multi_label(rows, labels, weighted):
    p = random.integers(1, 16, size=(rows, labels)) / 16
    y = (random.random((rows, labels)) < p * 0.7 + 0.1).astype(int)
    w = random.integers(1, 8, size=rows) / 4 if weighted else None
    predicted = (p > 0.5).astype(int)
    columns = [(y[:, c], p[:, c]) for c in range(labels)]
    return {
        "labels": labels,
        "probabilities": p.tolist(),
        "targets": y.tolist(),
        "weights": None if w is None else w.tolist(),
        "metrics": {
            "accuracy": accuracy_score(y, predicted, sample_weight=w),
            "hammingLoss": hamming_loss(y, predicted, sample_weight=w),
            "logLoss": mean(lambda y, p: log_loss(y, p, labels=[0, 1], sample_weight=w), columns),
            "rocAuc": roc_auc_score(y, p, average="macro", sample_weight=w),
            "prAuc": average_precision_score(y, p, average="macro", sample_weight=w),
            "f1": f1_score(y, predicted, average="macro", sample_weight=w),
            "f1Micro": f1_score(y, predicted, average="micro", sample_weight=w),
            "labels": per_class(y, predicted, w, None),
        },
    }


def regression(rows, outputs, weighted):
    y = random.normal(100, 10, size=(rows, outputs))
    p = y + random.normal(1, 5, size=(rows, outputs))
    w = random.integers(1, 8, size=rows) / 4 if weighted else None
    o = {"sample_weight": w, "multioutput": "raw_values"}
    r2 = r2_score(y, p, **o)
    rmse = np.sqrt(mean_squared_error(y, p, **o))
    mae = mean_absolute_error(y, p, **o)
    return {
        "outputs": outputs,
        "predictions": p.tolist(),
        "targets": y.tolist(),
        "weights": None if w is None else w.tolist(),
        "metrics": {
            "r2": r2_score(y, p, sample_weight=w, multioutput="uniform_average"),
            "rmse": float(rmse.mean()),
            "mae": float(mae.mean()),
            "outputs": [
                {"r2": float(a), "rmse": float(b), "mae": float(c)} for a, b, c in zip(r2, rmse, mae)
            ],
        },
    }


golden = {
    "classification": [
        classification(20, 2, False, [0, 1]),
        classification(20, 2, True, [0, 1]),
        classification(20, 3, False, [0, 1, 2]),
        classification(20, 4, True, [0, 1, 3]),  # a class that is predicted and has no rows
    ],
    "multiLabel": [multi_label(20, 3, False), multi_label(20, 3, True)],
    "regression": [regression(8, 1, False), regression(8, 1, True), regression(8, 3, True)],
}
print(dumps(golden, indent=2))
