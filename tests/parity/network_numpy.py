"""The networks of all three parts in NumPy, with every gradient and every optimizer by hand."""

import numpy as np

from arrays import STEPS, main

BATCH = 32
BATCHES_PER_EPOCH = 3
EPOCHS = 334


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def log_softmax(z):
    shifted = z - z.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


# Part I: one example at a time, and backward updates.


class Layer:
    def __init__(self, w, b, activation="relu"):
        self.w, self.b, self.activation = w.copy(), b.copy(), activation

    def forward(self, x):
        self.x = x
        self.z = self.w @ x + self.b
        self.a = softmax(self.z) if self.activation == "softmax" else np.maximum(self.z, 0)
        return self.a

    def backward(self, grad, lr):
        self.dz = grad if self.activation == "softmax" else grad * (self.z > 0)
        self.dw = np.outer(self.dz, self.x)
        self.db = self.dz
        self.dx = self.w.T @ self.dz
        self.w -= lr * self.dw
        self.b -= lr * self.db
        return self.dx


class NeuralNet:
    def __init__(self, layers):
        self.layers = layers

    def predict(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def train_step(self, x, y, lr):
        yhat = self.predict(x)
        grad = yhat.copy()
        grad[y] -= 1
        for layer in reversed(self.layers):
            grad = layer.backward(grad, lr)
        return -np.log(yhat[y] + 1e-7)

    def parameters(self):
        return {
            name: parameter
            for number, layer in enumerate(self.layers, 1)
            for name, parameter in [(f"w{number}", layer.w), (f"b{number}", layer.b)]
        }


def part_one(inputs):
    x, y = inputs["patterns/x"], inputs["patterns/y"].astype(int)
    net = NeuralNet([
        Layer(inputs["lesson/w1"], inputs["lesson/b1"]),
        Layer(inputs["lesson/w2"], inputs["lesson/b2"], "softmax"),
    ])
    arrays = {}
    for step in range(STEPS[-1]):
        i = order(inputs, step // len(x))[step % len(x)]
        loss = net.train_step(x[i], y[i], 0.05)
        if step == 0:
            arrays |= first_example(net, y[i], loss)
        arrays |= notes(step, loss, net.parameters())
    return arrays


def first_example(net, y, loss):
    logits = net.layers[-1].z
    arrays = {
        "forward/loss from probabilities": loss,
        "forward/loss from logits": -log_softmax(logits)[y],
    }
    for number, layer in enumerate(net.layers, 1):
        arrays[f"forward/z{number}"] = layer.z
        arrays[f"forward/a{number}"] = layer.a
        arrays[f"gradient/w{number}"] = layer.dw
        arrays[f"gradient/b{number}"] = layer.db
        arrays[f"gradient/z{number}"] = layer.dz
        arrays[f"gradient/x{number}"] = layer.dx
    return arrays


# Part II: a batch at a time, gradients are values, an optimizer takes the steps.


class Linear:
    def __init__(self, number, w, b):
        self.parameters = {f"w{number}": w.copy(), f"b{number}": b.copy()}

    def forward(self, x):
        self.x = x
        w, b = self.parameters.values()
        return x @ w.T + b

    def backward(self, dz):
        w, _ = self.parameters.values()
        gradients = [dz.T @ self.x, dz.sum(axis=0)]
        self.gradients = dict(zip(self.parameters, gradients))
        return dz @ w


class Relu:
    parameters = gradients = {}

    def forward(self, z):
        self.positive = z > 0
        return z * self.positive

    def backward(self, da):
        return da * self.positive


class Dropout:
    parameters = gradients = {}

    def forward(self, x):
        return x * self.mask

    def backward(self, da):
        return da * self.mask


class BatchNorm:
    def __init__(self, gamma, beta):
        self.parameters = {"gamma": gamma.copy(), "beta": beta.copy()}
        self.running_mean, self.running_variance = np.zeros(len(gamma)), np.ones(len(gamma))

    def forward(self, x):
        self.deviation = np.sqrt(x.var(axis=0) + 1e-5)
        self.x_hat = (x - x.mean(axis=0)) / self.deviation
        self.running_mean = 0.9 * self.running_mean + 0.1 * x.mean(axis=0)
        self.running_variance = 0.9 * self.running_variance + 0.1 * x.var(axis=0, ddof=1)
        return self.parameters["gamma"] * self.x_hat + self.parameters["beta"]

    def predict(self, x):
        x_hat = (x - self.running_mean) / np.sqrt(self.running_variance + 1e-5)
        return self.parameters["gamma"] * x_hat + self.parameters["beta"]

    def backward(self, dy):
        self.gradients = {"gamma": (dy * self.x_hat).sum(axis=0), "beta": dy.sum(axis=0)}
        dx_hat = dy * self.parameters["gamma"]
        along = self.x_hat * (dx_hat * self.x_hat).mean(axis=0)
        return (dx_hat - dx_hat.mean(axis=0) - along) / self.deviation

    def statistics(self):
        return {"running mean": self.running_mean, "running variance": self.running_variance}


class Network:
    def __init__(self, layers):
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad):
        for layer in reversed(self.layers):
            grad = layer.backward(grad)

    def parameters(self):
        return {name: p for layer in self.layers for name, p in layer.parameters.items()}

    def gradients(self):
        return {name: g for layer in self.layers for name, g in layer.gradients.items()}


class Sgd:
    def __init__(self, learning_rate, momentum=0.0, nesterov=False, weight_decay=0.0):
        self.learning_rate, self.momentum = learning_rate, momentum
        self.nesterov, self.weight_decay = nesterov, weight_decay
        self.velocity = {}

    def step(self, parameters, gradients):
        for name, p in parameters.items():
            g = gradients[name] + self.weight_decay * p
            v = self.velocity[name] = self.momentum * self.velocity.get(name, 0) + g
            p -= self.learning_rate * (g + self.momentum * v if self.nesterov else v)


class Adam:
    def __init__(self, learning_rate, weight_decay=0.0):
        self.learning_rate, self.weight_decay = learning_rate, weight_decay
        self.t, self.m, self.v = 0, {}, {}

    def step(self, parameters, gradients):
        self.t += 1
        for name, p in parameters.items():
            g = gradients[name]
            m = self.m[name] = 0.9 * self.m.get(name, 0) + 0.1 * g
            v = self.v[name] = 0.999 * self.v.get(name, 0) + 0.001 * g**2
            m_hat, v_hat = m / (1 - 0.9**self.t), v / (1 - 0.999**self.t)
            p -= self.learning_rate * self.weight_decay * p
            p -= self.learning_rate * m_hat / (np.sqrt(v_hat) + 1e-8)


def mean_cross_entropy(logits, y):
    rows = np.arange(len(y))
    grad = softmax(logits)
    grad[rows, y] -= 1
    return -log_softmax(logits)[rows, y].mean(), grad / len(y)


def order(inputs, epoch):
    return inputs[f"order/{epoch % 10}"].astype(int)


def batch(inputs, step):
    start = step % BATCHES_PER_EPOCH * BATCH
    chosen = order(inputs, step // BATCHES_PER_EPOCH)[start : start + BATCH]
    return inputs["patterns/x"][chosen], inputs["patterns/y"][chosen].astype(int)


def network(inputs, sizes, between=()):
    """Two linear layers, and what is between them beside ReLU."""
    first, last = (
        Linear(number, inputs[f"{sizes}/w{number}"], inputs[f"{sizes}/b{number}"])
        for number in [1, 2]
    )
    return Network([first, *(between or [Relu()]), last])


def train(inputs, network, optimizer, learning_rate=None):
    arrays = {}
    for step in range(STEPS[-1]):
        x, y = batch(inputs, step)
        for layer in network.layers:
            if isinstance(layer, Dropout):
                layer.mask = inputs[f"mask/{step % BATCHES_PER_EPOCH}"]
        if learning_rate:
            optimizer.learning_rate = learning_rate(step // BATCHES_PER_EPOCH)
        logits = network.forward(x)
        loss, grad = mean_cross_entropy(logits, y)
        network.backward(grad)
        if step == 0:
            arrays |= first_batch(network, logits, loss, grad)
        optimizer.step(network.parameters(), network.gradients())
        statistics = [layer.statistics() for layer in network.layers if isinstance(layer, BatchNorm)]
        arrays |= notes(step, loss, network.parameters(), *statistics)
    return arrays


def first_batch(network, logits, loss, grad):
    first, last = network.layers[0], network.layers[-1]
    arrays = {
        "forward/z1": first.forward(first.x),
        "forward/a1": last.x,
        "forward/logits": logits,
        "forward/loss": loss,
        "gradient/logits": grad,
    }
    return arrays | {f"gradient/{name}": g for name, g in network.gradients().items()}


def notes(step, loss, *parameters):
    """What is written down after 1, 10 and 1,000 steps."""
    if step + 1 not in STEPS:
        return {}
    arrays = {"loss": loss}
    for named in parameters:
        arrays |= named
    return {f"step {step + 1}/{name}": np.copy(array) for name, array in arrays.items()}


def optimizers(inputs):
    cases = {
        "Momentum": Sgd(0.05, momentum=0.9),
        "Nesterov's momentum": Sgd(0.05, momentum=0.9, nesterov=True),
        "Momentum and weight decay": Sgd(0.05, momentum=0.9, weight_decay=0.01),
        "Adam": Adam(0.01),
        "AdamW": Adam(0.01, weight_decay=0.1),
    }
    return {
        case: only_steps(train(inputs, network(inputs, "small"), optimizer))
        for case, optimizer in cases.items()
    }


def schedules(inputs):
    cases = {
        "Halved learning rate": lambda epoch: 0.2 * 0.5 ** (epoch // 50),
        "Cosine learning rate": lambda epoch: 0.2 * (1 + np.cos(np.pi * epoch / EPOCHS)) / 2,
    }
    results = {}
    for case, rate in cases.items():
        steps = train(inputs, network(inputs, "small"), Sgd(rate(0)), rate)
        rates = np.array([rate(epoch) for epoch in range(0, EPOCHS, 10)])
        results[case] = only_steps(steps) | {"schedule/learning rates": rates}
    return results


def only_steps(arrays):
    return {name: array for name, array in arrays.items() if name.startswith("step")}


def batch_norm(inputs):
    def new():
        return BatchNorm(inputs["batch norm/gamma"], inputs["batch norm/beta"])

    *seen, last = inputs["batch norm/x"]
    norm = new()
    arrays = {"layer/y": norm.forward(seen[0]), "layer/dx": norm.backward(inputs["batch norm/dy"])}
    arrays |= {f"layer/d{name}": g for name, g in norm.gradients.items()}
    for x in seen[1:]:
        norm.forward(x)
    arrays |= {f"layer/{name}": array for name, array in norm.statistics().items()}
    arrays["layer/prediction"] = norm.predict(last)
    stack = network(inputs, "small", [new(), Relu()])
    return arrays | train(inputs, stack, Sgd(0.1))


# Part III: what the tape finds by itself is derived here, formula by formula.


def sum_to(gradient, operand):
    """Sums over the axes along which the operand was repeated."""
    for axis in [0, 1]:
        if operand.shape[axis] == 1:
            gradient = gradient.sum(axis=axis, keepdims=True)
    return gradient


def add(a, b, dc):
    return a + b, sum_to(dc(a + b), a), sum_to(dc(a + b), b)


def sub(a, b, dc):
    return a - b, sum_to(dc(a - b), a), -sum_to(dc(a - b), b)


def mul(a, b, dc):
    return a * b, sum_to(dc(a * b) * b, a), sum_to(dc(a * b) * a, b)


def matmul(a, b, dc):
    return a @ b, dc(a @ b) @ b.T, a.T @ dc(a @ b)


def matmul_of_a_transpose(a, b, dc):
    return a @ b.T, dc(a @ b.T) @ b, dc(a @ b.T).T @ a


def matrix_times_itself(a, dc):
    c = a @ a.T
    return c, (dc(c) + dc(c).T) @ a


def log_softmax_with_gradient(a, dc):
    c = log_softmax(a)
    return c, dc(c) - softmax(a) * dc(c).sum(axis=1, keepdims=True)


def result_used_three_times(a, dc):
    h = np.tanh(a)
    c = h * np.exp(h) - h
    return c, dc(c) * (np.exp(h) + h * np.exp(h) - 1) * (1 - h**2)


def scalar(number):
    return np.array([[number]])


def formulas(labels):
    """Name, operands, and a function of them that returns the value and each gradient.

    `dc` gives the gradient of the loss at the value.
    """

    def pick(a, dc):
        rows = np.arange(len(labels))
        c = a[rows, labels][:, None]
        da = np.zeros_like(a)
        da[rows, labels] = dc(c)[:, 0]
        return c, da

    return {
        "matmul": (["a", "c"], matmul),
        "matmul of a transpose": (["a", "b"], matmul_of_a_transpose),
        "t": (["a"], lambda a, dc: (a.T, dc(a.T).T)),
        "add": (["a", "b"], add),
        "add a row": (["a", "row"], add),
        "add a column": (["a", "column"], add),
        "add to a scalar": (["scalar", "a"], add),
        "add a row and a column": (["row", "column"], add),
        "sub": (["a", "b"], sub),
        "sub a row": (["a", "row"], sub),
        "sub from a column": (["column", "a"], sub),
        "sub a scalar": (["a", "scalar"], sub),
        "sub a column from a row": (["row", "column"], sub),
        "mul": (["a", "b"], mul),
        "mul by a row": (["a", "row"], mul),
        "mul a column": (["column", "a"], mul),
        "mul by a scalar": (["a", "scalar"], mul),
        "mul a row and a column": (["row", "column"], mul),
        "neg": (["a"], lambda a, dc: (-a, -dc(a))),
        "relu": (["a"], lambda a, dc: (np.maximum(a, 0), dc(a) * (a > 0))),
        "tanh": (["a"], lambda a, dc: (np.tanh(a), dc(a) * (1 - np.tanh(a) ** 2))),
        "exp": (["a"], lambda a, dc: (np.exp(a), dc(a) * np.exp(a))),
        "ln": (["positive"], lambda a, dc: (np.log(a), dc(a) / a)),
        "sum": (["a"], lambda a, dc: (scalar(a.sum()), np.ones_like(a) * dc(scalar(0)))),
        "mean": (["a"], lambda a, dc: (scalar(a.mean()), np.ones_like(a) * dc(scalar(0)) / a.size)),
        "log_softmax": (["a"], log_softmax_with_gradient),
        "pick": (["a"], pick),
        "an operand used three times": (["a"], lambda a, dc: (a * a + a, dc(a) * (2 * a + 1))),
        "a result used three times": (["a"], result_used_three_times),
        "a matrix times itself": (["a"], matrix_times_itself),
    }


def autograd(inputs):
    def dc(c):
        return inputs["tape/counts"][: c.shape[0], : c.shape[1]]

    stack = network(inputs, "small")
    arrays = {"forward/probabilities": softmax(stack.forward(batch(inputs, 0)[0]))}
    arrays |= only_steps(train(inputs, stack, Sgd(0.1)))
    for name, (operands, formula) in formulas(inputs["tape/labels"].astype(int)).items():
        value, *gradients = formula(*(inputs[f"tape/{operand}"] for operand in operands), dc)
        arrays[f"{name}/value"] = value
        for operand, gradient in zip(operands, gradients):
            arrays[f"{name}/gradient of {operand}"] = gradient
    return arrays


def compute(inputs):
    cases = {
        "Part I": part_one(inputs),
        "Batches": train(inputs, network(inputs, "lesson"), Sgd(0.1)),
        **optimizers(inputs),
        **schedules(inputs),
        "Dropout": train(inputs, network(inputs, "small", [Relu(), Dropout()]), Sgd(0.1)),
        "Batch normalization": batch_norm(inputs),
        "Autograd": autograd(inputs),
    }
    return {
        f"{case}/{name}": np.asarray(array)
        for case, arrays in cases.items()
        for name, array in arrays.items()
    }


def versions():
    config = np.show_config(mode="dicts")
    blas, simd = config["Build Dependencies"]["blas"], config["SIMD Extensions"]
    return {
        "numpy": np.__version__,
        "blas": f"{blas['name']} {blas['version']}",
        "processor": config["Machine Information"]["host"]["cpu"],
        "simd": simd.get("baseline", []) + simd.get("found", []),
    }


if __name__ == "__main__":
    main("numpy", compute, versions)
