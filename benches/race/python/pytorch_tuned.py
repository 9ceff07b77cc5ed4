"""The network in PyTorch with what its documentation offers for speed: a compiled model and loss, and
an optimizer whose update is one kernel."""

import torch
from contender import serve
from pytorch_eager import batches_of, model_of
from torch import nn


def prepare(workload):
    model = model_of(workload)
    loss_function = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=workload.learning_rate, fused=True)

    @torch.compile
    def loss_of(x, y):
        return loss_function(model(x), y)

    def step(x, y):
        loss = loss_of(x, y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        return loss.item()

    # Compiled at the first call; gradients for nothing, and the weights stay.
    batches = batches_of(workload)
    loss_of(*batches[0]).backward()
    optimizer.zero_grad()
    return step, batches


if __name__ == "__main__":
    serve(prepare, PyTorch=torch.__version__)
