"""The parameters at which two convex costs are least, in lbfgs.golden.json.

python3 lbfgs.golden.py > lbfgs.golden.json

Linear regression by numpy's least squares (a singular value decomposition), logistic regression by
Newton's method in numpy until a step no longer lowers the gradient.
"""

from json import dumps

import numpy as np

random = np.random.default_rng(5)
INPUTS = np.round(random.normal(size=(40, 3)), 3)
NOISE = random.normal(size=(40, 2))
QUANTITIES = np.round(INPUTS @ [[1, -2], [0.5, 0], [3, 1]] + [0.25, -1] + NOISE / 2, 3)
LABELS = (INPUTS @ [1, -1.5, 0.5] + 0.3 + 2 * NOISE[:, 0] > 0).astype(float)
DESIGN = np.column_stack([INPUTS, np.ones(40)])


def least_squares():
    theta = np.linalg.lstsq(DESIGN, QUANTITIES, rcond=None)[0]
    cost = np.sum((DESIGN @ theta - QUANTITIES) ** 2) / 2 / 40
    return {"weights": theta[:3].T.tolist(), "biases": theta[3].tolist(), "cost": cost}


def logistic():
    theta = np.zeros(4)
    for _ in range(30):
        a = 1 / (1 + np.exp(-DESIGN @ theta))
        gradient = DESIGN.T @ (a - LABELS) / 40
        hessian = DESIGN.T @ (DESIGN * (a * (1 - a))[:, None]) / 40
        theta = theta - np.linalg.solve(hessian, gradient)
    assert np.max(np.abs(gradient)) < 1e-15
    z = DESIGN @ theta
    cost = np.mean(np.logaddexp(0, z) - LABELS * z)
    return {"weights": theta[:3].tolist(), "bias": theta[3], "cost": cost}


print(
    dumps(
        {
            "inputs": INPUTS.tolist(),
            "quantities": QUANTITIES.tolist(),
            "labels": LABELS.tolist(),
            "linear": least_squares(),
            "logistic": logistic(),
        },
        indent=1,
    )
)
