"""On what PyTorch spends a training step of the lesson's network: writes a table in Markdown.

    python pytorch_profile.py > ../../../book/measured/pytorch-profile.md

Times are medians, one thread, float64; the operations are counted by PyTorch's own profiler.
"""

import statistics
import time
from datetime import date

import torch
from torch import nn
from torch.profiler import ProfilerActivity, profile, record_function

STEPS = 5_000


def phases():
    """The parts of a step, in their order: what a reader of the loop sees."""
    model = nn.Sequential(nn.Linear(36, 16), nn.ReLU(), nn.Linear(16, 3)).double()
    loss_function = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    x, y = torch.rand(36, dtype=torch.float64), torch.tensor(1)
    state = {}

    def forward():
        state["logits"] = model(x)

    def loss():
        state["loss"] = loss_function(state["logits"], y)

    return {
        "optimizer.zero_grad()": optimizer.zero_grad,
        "model(x)": forward,
        "loss_function(logits, y)": loss,
        "loss.backward()": lambda: state["loss"].backward(),
        "optimizer.step()": optimizer.step,
        "loss.item()": lambda: state["loss"].item(),
    }


def median_times(parts):
    times = {name: [] for name in parts}
    for _ in range(STEPS):
        for name, part in parts.items():
            start = time.perf_counter()
            part()
            times[name].append(time.perf_counter() - start)
    return {name: 1e6 * statistics.median(spent) for name, spent in times.items()}


def operations(parts):
    """How many of PyTorch's operations run within each part, those inside others included."""
    with profile(activities=[ProfilerActivity.CPU]) as profiler:
        for name, part in parts.items():
            with record_function(name):
                part()
    events = profiler.events()
    spans = {event.name: event.time_range for event in events if event.name in parts}
    return {
        name: sum(
            event.name.startswith("aten::")
            and span.start <= event.time_range.start <= event.time_range.end <= span.end
            for event in events
        )
        for name, span in spans.items()
    }


def smallest_operation():
    """The time of one operation that has nearly nothing to compute: an addition of two numbers."""
    x, y = torch.rand(1, dtype=torch.float64), torch.rand(1, dtype=torch.float64)
    times = []
    for _ in range(STEPS):
        start = time.perf_counter()
        for _ in range(100):
            torch.add(x, y)
        times.append((time.perf_counter() - start) / 100)
    return 1e6 * statistics.median(times)


if __name__ == "__main__":
    torch.set_num_threads(1)
    parts = phases()
    for part in list(parts.values()) * 100:
        part()
    times, counts = median_times(parts), operations(parts)
    print("| part of the step | µs | operations |\n|---|---:|---:|")
    for name in parts:
        print(f"| `{name}` | {times[name]:.1f} | {counts[name]} |")
    print(f"| together | {sum(times.values()):.1f} | {sum(counts.values())} |")
    print(f"| `torch.add` of two numbers, to compare | {smallest_operation():.2f} | 1 |")
    print(f"\nPyTorch {torch.__version__.split('+')[0]}, one thread, `float64`, on {date.today()}.")
