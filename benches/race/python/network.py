"""The lesson's network in PyTorch, and its first ten losses.

It starts from the same weights and drawings as the networks in Rust, one drawing at a time.
"""

import json
from pathlib import Path

import torch
from torch import nn

torch.set_default_dtype(torch.float64)

# ANCHOR: network
model = nn.Sequential(nn.Linear(36, 16), nn.ReLU(), nn.Linear(16, 3))
loss_function = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
# ANCHOR_END: network

inputs = Path(__file__).parents[3] / "tests" / "parity" / "inputs.json"
inputs = {name: torch.tensor(array) for name, array in json.loads(inputs.read_text()).items()}
names = {"0.weight": "w1", "0.bias": "b1", "2.weight": "w2", "2.bias": "b2"}
model.load_state_dict({name: inputs[f"lesson/{ours}"] for name, ours in names.items()})
order = inputs["order/0"].long()[:10]
data = zip(inputs["patterns/x"][order], inputs["patterns/y"][order].long())

# ANCHOR: train
for x, y in data:
    optimizer.zero_grad()
    logits = model(x)
    loss = loss_function(logits, y)
    loss.backward()
    optimizer.step()
    print(f"loss={loss.item():.10f}")
# ANCHOR_END: train
