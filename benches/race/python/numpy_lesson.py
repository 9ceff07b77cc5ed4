"""The network in NumPy, as a lesson writes it: a class for the layer, a new array for each operation."""

import numpy as np
from contender import serve


# ANCHOR: numpy_layer
class Layer:
    def __init__(self, w, b, activation):
        self.w, self.b, self.activation = w, b, activation

    def forward(self, x):
        self.x = x
        self.z = self.w @ x + self.b
        if self.activation == "relu":
            return np.maximum(0, self.z)
        e = np.exp(self.z - np.max(self.z))
        return e / e.sum()

    def backward(self, grad, lr):
        dz = grad * (self.z > 0) if self.activation == "relu" else grad
        dw = np.outer(dz, self.x)
        dx = self.w.T @ dz
        self.w -= lr * dw
        self.b -= lr * dz
        return dx
# ANCHOR_END: numpy_layer


class BatchedLayer(Layer):
    """The same for a batch, an example a row."""

    def forward(self, x):
        self.x = x
        self.z = x @ self.w.T + self.b
        if self.activation == "relu":
            return np.maximum(0, self.z)
        e = np.exp(self.z - np.max(self.z, axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def backward(self, grad, lr):
        dz = grad * (self.z > 0) if self.activation == "relu" else grad
        dw = dz.T @ self.x
        dx = dz @ self.w
        self.w -= lr * dw
        self.b -= lr * dz.sum(axis=0)
        return dx


class NeuralNet:
    def __init__(self, workload):
        kind = Layer if workload.batch == 1 else BatchedLayer
        last = len(workload.layers) - 1
        self.layers = [
            kind(w, b, "softmax" if l == last else "relu")
            for l, (w, b) in enumerate(workload.layers)
        ]
        self.lr = workload.learning_rate

    # ANCHOR: numpy_train_step
    def predict(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def train_step(self, x, y):
        yhat = self.predict(x)
        grad = yhat.copy()
        grad[y] -= 1
        for layer in reversed(self.layers):
            grad = layer.backward(grad, self.lr)
        return -np.log(yhat[y] + 1e-7)
    # ANCHOR_END: numpy_train_step

    def train_step_batched(self, x, y):
        yhat = self.predict(x)
        grad = yhat.copy()
        rows = np.arange(len(y))
        grad[rows, y] -= 1
        grad /= len(y)
        for layer in reversed(self.layers):
            grad = layer.backward(grad, self.lr)
        return -np.log(yhat[rows, y] + 1e-7).mean()


def prepare(workload):
    network = NeuralNet(workload)
    step = network.train_step if workload.batch == 1 else network.train_step_batched
    return step, workload.batches()


if __name__ == "__main__":
    serve(prepare, NumPy=np.__version__)
