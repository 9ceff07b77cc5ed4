"""What the contenders in Python share: they read a workload, train, and say how long it took.

The program `race` starts them and asks, a line of JSON a question; they answer with a line each.
"""

import json
import platform
import sys
import time
from pathlib import Path

import numpy as np


class Workload:
    """Weights to start from, examples in the order in which they are trained on, and the rate."""

    def __init__(self, folder, sizes, batch, precision, learning_rate, **_):
        folder = Path(folder)
        numbers = np.fromfile(folder / "parameters.f64").astype(precision)
        self.sizes = sizes
        self.batch = batch
        self.learning_rate = learning_rate
        self.layers = []
        for n_in, n_out in zip(sizes, sizes[1:]):
            w, b, numbers = np.split(numbers, [n_in * n_out, n_in * n_out + n_out])
            self.layers.append((w.reshape(n_out, n_in).copy(), b.copy()))
        self.x = np.fromfile(folder / "inputs.f64").astype(precision).reshape(-1, sizes[0])
        self.y = np.fromfile(folder / "labels.i64", dtype=np.int64)

    def batches(self):
        """All batches, `(x, y)`; one at a time, an example is a vector and its label a number."""
        if self.batch == 1:
            return list(zip(self.x, self.y.tolist()))
        starts = range(0, len(self.y) - self.batch + 1, self.batch)
        return [(self.x[i : i + self.batch], self.y[i : i + self.batch]) for i in starts]


def serve(prepare, **versions):
    """Answers until nothing more is asked. `prepare` gives the function of a step, and the batches."""
    say(versions={"Python": platform.python_version(), **versions})
    for line in sys.stdin:
        question = json.loads(line)
        step, batches = prepare(Workload(**question))
        total = 0.0
        start = time.perf_counter()
        for i in range(question["steps"]):
            total += float(step(*batches[i % len(batches)]))
        say(seconds=time.perf_counter() - start, loss=total / question["steps"])


def say(**answer):
    print(json.dumps(answer), flush=True)
