"""The networks of all three parts with PyTorch's own layers, losses, optimizers and autograd."""

import torch
from torch import nn, optim
from torch.optim import lr_scheduler

from arrays import STEPS, main

BATCH = 32
BATCHES_PER_EPOCH = 3
EPOCHS = 334


class Dropout(nn.Module):
    """With a given mask. PyTorch draws its masks from a generator of its own."""

    def forward(self, x):
        return x * self.mask


def linear(inputs, sizes, number):
    w, b = inputs[f"{sizes}/w{number}"], inputs[f"{sizes}/b{number}"]
    layer = nn.Linear(w.shape[1], w.shape[0])
    return with_parameters(layer, w, b)


def with_parameters(layer, weight, bias):
    with torch.no_grad():
        layer.weight.copy_(weight)
        layer.bias.copy_(bias)
    return layer


def network(inputs, sizes, between=()):
    """Two linear layers, and what is between them beside ReLU."""
    between = between or [nn.ReLU()]
    return nn.Sequential(linear(inputs, sizes, 1), *between, linear(inputs, sizes, 2))


def parameters(model):
    first, *_, last = model
    named = {"w1": first.weight, "b1": first.bias, "w2": last.weight, "b2": last.bias}
    for layer in model:
        if isinstance(layer, nn.BatchNorm1d):
            named |= {"gamma": layer.weight, "beta": layer.bias}
    return named


def statistics(model):
    return {
        name: array
        for layer in model
        if isinstance(layer, nn.BatchNorm1d)
        for name, array in running(layer).items()
    }


def running(norm):
    return {"running mean": norm.running_mean, "running variance": norm.running_var}


def gradients(model):
    return {f"gradient/{name}": p.grad.clone() for name, p in parameters(model).items()}


def notes(step, loss, model):
    """What is written down after 1, 10 and 1,000 steps."""
    if step + 1 not in STEPS:
        return {}
    named = {"loss": loss, **parameters(model), **statistics(model)}
    return {f"step {step + 1}/{name}": array.detach().clone() for name, array in named.items()}


def order(inputs, epoch):
    return inputs[f"order/{epoch % 10}"].long()


def batch(inputs, step):
    start = step % BATCHES_PER_EPOCH * BATCH
    chosen = order(inputs, step // BATCHES_PER_EPOCH)[start : start + BATCH]
    return inputs["patterns/x"][chosen], inputs["patterns/y"][chosen].long()


def forward(model, x):
    """The values on the way, whose gradients are kept."""
    values = [x]
    for layer in model:
        values.append(layer(values[-1]))
        values[-1].retain_grad()
    return values


def part_one(inputs):
    x, y = inputs["patterns/x"], inputs["patterns/y"].long()
    model = network(inputs, "lesson")
    optimizer = optim.SGD(model.parameters(), lr=0.05)
    arrays = first_example(inputs, model)
    for step in range(STEPS[-1]):
        i = order(inputs, step // len(x))[step % len(x)]
        optimizer.zero_grad()
        logits = model(x[i])
        nn.CrossEntropyLoss()(logits, y[i]).backward()
        optimizer.step()
        arrays |= notes(step, loss_from_probabilities(logits, y[i]), model)
    return arrays


def loss_from_probabilities(logits, y):
    """Part I's loss, for the log."""
    return -torch.log(logits.softmax(dim=-1)[y] + 1e-7)


def first_example(inputs, model):
    i = order(inputs, 0)[0]
    x, y = inputs["patterns/x"][i].requires_grad_(), inputs["patterns/y"][i].long()
    _, z1, a1, z2 = forward(model, x)
    loss = nn.CrossEntropyLoss()(z2, y)
    loss.backward()
    return {
        "forward/z1": z1,
        "forward/a1": a1,
        "forward/z2": z2,
        "forward/a2": z2.softmax(dim=-1),
        "forward/loss from logits": loss,
        "forward/loss from probabilities": loss_from_probabilities(z2, y),
        "gradient/z1": z1.grad,
        "gradient/z2": z2.grad,
        "gradient/x1": x.grad,
        "gradient/x2": a1.grad,
        **gradients(model),
    }


def first_batch(inputs, model):
    x, y = batch(inputs, 0)
    set_masks(inputs, model, 0)
    _, z1, *_, a1, logits = forward(model, x)
    loss = nn.CrossEntropyLoss()(logits, y)
    loss.backward()
    return {
        "forward/z1": z1,
        "forward/a1": a1,
        "forward/logits": logits,
        "forward/loss": loss,
        "gradient/logits": logits.grad,
        **gradients(model),
    }


def set_masks(inputs, model, step):
    for layer in model:
        if isinstance(layer, Dropout):
            layer.mask = inputs[f"mask/{step % BATCHES_PER_EPOCH}"]


def train(inputs, model, optimizer, scheduler=None):
    arrays = {}
    for step in range(STEPS[-1]):
        x, y = batch(inputs, step)
        set_masks(inputs, model, step)
        optimizer.zero_grad()
        loss = nn.CrossEntropyLoss()(model(x), y)
        loss.backward()
        optimizer.step()
        arrays |= notes(step, loss, model)
        if scheduler and step % BATCHES_PER_EPOCH == BATCHES_PER_EPOCH - 1:
            scheduler.step()
    return arrays


def batches(inputs):
    arrays = first_batch(inputs, network(inputs, "lesson"))
    model = network(inputs, "lesson")
    return arrays | train(inputs, model, optim.SGD(model.parameters(), lr=0.1))


def optimizers(inputs):
    cases = {
        "Momentum": lambda p: optim.SGD(p, lr=0.05, momentum=0.9),
        "Nesterov's momentum": lambda p: optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True),
        "Momentum and weight decay": lambda p: optim.SGD(
            p, lr=0.05, momentum=0.9, weight_decay=0.01
        ),
        "Adam": lambda p: optim.Adam(p, lr=0.01),
        "AdamW": lambda p: optim.AdamW(p, lr=0.01, weight_decay=0.1),
    }
    results = {}
    for case, optimizer in cases.items():
        model = network(inputs, "small")
        results[case] = train(inputs, model, optimizer(model.parameters()))
    return results


def schedules(inputs):
    cases = {
        "Halved learning rate": lambda o: lr_scheduler.StepLR(o, step_size=50, gamma=0.5),
        "Cosine learning rate": lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=EPOCHS),
    }
    results = {}
    for case, scheduler in cases.items():
        model = network(inputs, "small")
        optimizer = optim.SGD(model.parameters(), lr=0.2)
        results[case] = train(inputs, model, optimizer, scheduler(optimizer))
        results[case]["schedule/learning rates"] = learning_rates(scheduler)
    return results


def learning_rates(scheduler):
    """Those of every tenth epoch."""
    optimizer = optim.SGD([torch.zeros(1)], lr=0.2)
    scheduler = scheduler(optimizer)
    rates = []
    for _ in range(EPOCHS):
        rates.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return torch.tensor(rates[::10])


def dropout(inputs):
    def model():
        return network(inputs, "small", [nn.ReLU(), Dropout()])

    arrays, trained = first_batch(inputs, model()), model()
    return arrays | train(inputs, trained, optim.SGD(trained.parameters(), lr=0.1))


def batch_norm(inputs):
    def norm():
        gamma, beta = inputs["batch norm/gamma"], inputs["batch norm/beta"]
        return with_parameters(nn.BatchNorm1d(len(gamma)), gamma, beta)

    def model():
        return network(inputs, "small", [norm(), nn.ReLU()])

    arrays, trained = first_batch(inputs, model()), model()
    arrays |= train(inputs, trained, optim.SGD(trained.parameters(), lr=0.1))
    return arrays | batch_norm_alone(inputs, norm())


def batch_norm_alone(inputs, norm):
    *seen, last = inputs["batch norm/x"]
    x = seen[0].clone().requires_grad_()
    y = norm(x)
    y.backward(inputs["batch norm/dy"])
    for other in seen[1:]:
        norm(other)
    statistics = {f"layer/{name}": array.clone() for name, array in running(norm).items()}
    return statistics | {
        "layer/y": y,
        "layer/dx": x.grad,
        "layer/dgamma": norm.weight.grad,
        "layer/dbeta": norm.bias.grad,
        "layer/prediction": norm.eval()(last),
    }


def formulas(labels):
    """Name, operands, and what is computed from them. The gradients are for autograd to find."""
    return {
        "matmul": (["a", "c"], lambda a, c: a @ c),
        "matmul of a transpose": (["a", "b"], lambda a, b: a @ b.T),
        "t": (["a"], lambda a: a.T),
        "add": (["a", "b"], torch.add),
        "add a row": (["a", "row"], torch.add),
        "add a column": (["a", "column"], torch.add),
        "add to a scalar": (["scalar", "a"], torch.add),
        "add a row and a column": (["row", "column"], torch.add),
        "sub": (["a", "b"], torch.sub),
        "sub a row": (["a", "row"], torch.sub),
        "sub from a column": (["column", "a"], torch.sub),
        "sub a scalar": (["a", "scalar"], torch.sub),
        "sub a column from a row": (["row", "column"], torch.sub),
        "mul": (["a", "b"], torch.mul),
        "mul by a row": (["a", "row"], torch.mul),
        "mul a column": (["column", "a"], torch.mul),
        "mul by a scalar": (["a", "scalar"], torch.mul),
        "mul a row and a column": (["row", "column"], torch.mul),
        "neg": (["a"], torch.neg),
        "relu": (["a"], torch.relu),
        "tanh": (["a"], torch.tanh),
        "exp": (["a"], torch.exp),
        "ln": (["positive"], torch.log),
        "sum": (["a"], lambda a: a.sum().reshape(1, 1)),
        "mean": (["a"], lambda a: a.mean().reshape(1, 1)),
        "log_softmax": (["a"], lambda a: a.log_softmax(dim=1)),
        "pick": (["a"], lambda a: a.gather(1, labels[:, None])),
        "an operand used three times": (["a"], lambda a: a * a + a),
        "a result used three times": (["a"], lambda a: result_used_three_times(a.tanh())),
        "a matrix times itself": (["a"], lambda a: a @ a.T),
    }


def result_used_three_times(h):
    return h * h.exp() - h


def autograd(inputs):
    model = network(inputs, "small")
    arrays = {"forward/probabilities": model(batch(inputs, 0)[0]).softmax(dim=1)}
    arrays |= train(inputs, model, optim.SGD(model.parameters(), lr=0.1))
    for name, (names, formula) in formulas(inputs["tape/labels"].long()).items():
        operands = [inputs[f"tape/{operand}"].clone().requires_grad_() for operand in names]
        value = formula(*operands)
        rows, columns = value.shape
        (inputs["tape/counts"][:rows, :columns] * value).sum().backward()
        arrays[f"{name}/value"] = value
        for operand, var in zip(names, operands):
            arrays[f"{name}/gradient of {operand}"] = var.grad
    return arrays


def compute(inputs):
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    inputs = {name: torch.from_numpy(array) for name, array in inputs.items()}
    cases = {
        "Part I": part_one(inputs),
        "Batches": batches(inputs),
        **optimizers(inputs),
        **schedules(inputs),
        "Dropout": dropout(inputs),
        "Batch normalization": batch_norm(inputs),
        "Autograd": autograd(inputs),
    }
    return {
        f"{case}/{name}": array.detach().numpy()
        for case, arrays in cases.items()
        for name, array in arrays.items()
    }


def versions():
    return {
        "torch": torch.__version__,
        "blas": "MKL" if torch.backends.mkl.is_available() else "without MKL",
        "simd": torch.backends.cpu.get_cpu_capability(),
    }


if __name__ == "__main__":
    main("pytorch", compute, versions)
