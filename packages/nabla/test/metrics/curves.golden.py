"""Curves of small random data in curves.golden.json, by scikit-learn 1.2.

/usr/bin/python3 curves.golden.py > curves.golden.json
"""

from json import dumps

import numpy as np
from sklearn.calibration import calibration_curve
from sklearn.metrics import precision_recall_curve, roc_curve

random = np.random.default_rng(17)


def curves(rows, scores, weighted):
    p = random.integers(0, scores + 1, size=rows) / scores  # many equal scores, 0 and 1 among them
    y = (random.random(rows) < 0.2 + 0.5 * p).astype(int)
    w = random.integers(1, 8, size=rows) / 4 if weighted else None
    falses, trues, _ = roc_curve(y, p, sample_weight=w, drop_intermediate=False)
    precision, recall, _ = precision_recall_curve(y, p, sample_weight=w)
    # It has no weights: of quarters, each row is repeated four times its weight.
    often = np.ones(rows, int) if w is None else (w * 4).astype(int)
    rate, mean = calibration_curve(y.repeat(often), p.repeat(often), n_bins=5)
    return {
        "scores": p.tolist(),
        "hits": y.tolist(),
        "weights": None if w is None else w.tolist(),
        "roc": np.column_stack([falses, trues]).tolist(),
        # From the highest threshold, without the last point, (0, 1), which is none.
        "pr": np.column_stack([recall, precision])[:-1][::-1].tolist(),
        "calibration": np.column_stack([mean, rate]).tolist(),
    }


print(dumps([curves(12, 8, False), curves(30, 16, False), curves(30, 16, True)]))
