"""A real regression data set: scikit-learn's diabetes, scaled, in one fixed split and one fixed order of batches."""

from dataclasses import dataclass
from functools import cache

import numpy as np

FEATURES = 10
BATCH = 32
TRAINING = 320  # samples: ten whole batches; 122 are left for the test
SPLIT = 42


@dataclass(frozen=True)
class Data:
    """Features `[samples, 10]` and targets `[samples, 1]`, float32."""

    x: np.ndarray
    y: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


@cache
def diabetes() -> Data:
    """Features of mean 0 and standard deviation 1; the progression of the disease in standard deviations, > 0."""
    from sklearn import datasets, model_selection

    table = datasets.load_diabetes()
    x, x_test, y, y_test = model_selection.train_test_split(
        table.data, table.target, train_size=TRAINING, random_state=SPLIT
    )
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    unit = y.std()
    return Data(
        ((x - mean) / deviation).astype(np.float32),
        (y / unit).astype(np.float32)[:, None],
        ((x_test - mean) / deviation).astype(np.float32),
        (y_test / unit).astype(np.float32)[:, None],
    )


@cache
def above_the_median() -> Data:
    """The same patients, to be told apart: 1 where the disease progresses faster than the median, else 0."""
    data = diabetes()
    median = np.median(data.y)
    labels, labels_test = ((y > median).astype(np.float32) for y in (data.y, data.y_test))
    return Data(data.x, labels, data.x_test, labels_test)
