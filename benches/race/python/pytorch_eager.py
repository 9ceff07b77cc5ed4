"""The network in PyTorch, as its users write it."""

import numpy as np
import torch
from contender import serve
from torch import nn


def prepare(workload):
    model = model_of(workload)
    loss_function = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=workload.learning_rate)

    # ANCHOR: pytorch_step
    def step(x, y):
        optimizer.zero_grad()
        logits = model(x)
        loss = loss_function(logits, y)
        loss.backward()
        optimizer.step()
        return loss.item()
    # ANCHOR_END: pytorch_step

    return step, batches_of(workload)


def model_of(workload):
    """A linear layer for each of the workload's, with its weights, and ReLU between them."""
    layers = []
    for w, b in workload.layers:
        linear = nn.Linear(*reversed(w.shape))
        linear.weight = nn.Parameter(torch.from_numpy(w))
        linear.bias = nn.Parameter(torch.from_numpy(b))
        layers += [linear, nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def batches_of(workload):
    return [
        (torch.from_numpy(x), torch.from_numpy(y) if isinstance(y, np.ndarray) else torch.tensor(y))
        for x, y in workload.batches()
    ]


if __name__ == "__main__":
    serve(prepare, PyTorch=torch.__version__)
