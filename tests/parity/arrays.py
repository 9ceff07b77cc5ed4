"""Reads and writes named float64 arrays as JSON, digit for digit, and compares two sets of them."""

import argparse
import json
import os
import platform
import sys
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent
# A difference is relative to the largest entry of the array, or to this if all are smaller.
FLOOR = 1e-2
# How far another processor may be off: its sums are in another order.
TOLERANCE = 1e-13
TOLERANCE_AFTER_TRAINING = 1e-12
STEPS = [1, 10, 1000]


def read(file):
    arrays = json.loads((FOLDER / file).read_text(encoding="utf-8"))
    return {name: np.array(array, dtype=np.float64) for name, array in arrays.items()}


def write(file, text):
    draft = FOLDER / f"{file}.new"
    draft.write_text(text, encoding="utf-8", newline="\n")
    os.replace(draft, FOLDER / file)


def to_json(arrays):
    """One array a line, by name."""
    lines = (f"{json.dumps(name)}: {json.dumps(arrays[name].tolist())}" for name in sorted(arrays))
    return "{\n" + ",\n".join(lines) + "\n}\n"


def difference(ours, theirs):
    if ours.shape != theirs.shape or not np.isfinite(ours).all():
        return np.inf
    return np.abs(ours - theirs).max() / max(np.abs(theirs).max(), FLOOR)


def check(arrays, committed):
    """Whether the arrays are those of the committed file, within the tolerance."""
    wrong = sorted(arrays.keys() ^ committed.keys())
    for name in wrong:
        print(f"{name}: only {'computed' if name in arrays else 'in the file'}")
    for late, tolerance in [(False, TOLERANCE), (True, TOLERANCE_AFTER_TRAINING)]:
        names = [name for name in arrays.keys() & committed.keys() if is_late(name) == late]
        largest, name = max((difference(arrays[name], committed[name]), name) for name in names)
        when = "after 10 and 1,000 steps" if late else "up to the first step"
        print(f"{when}: at most {largest:.1e} apart, of {tolerance:.0e} ({name})")
        if not largest <= tolerance:
            wrong.append(name)
    return not wrong


def is_late(name):
    return name.split("/")[1] in ["step 10", "step 1000"]


def main(library, compute, versions):
    """Writes what `compute` returns for the inputs, or compares it with what is committed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true", help="compare with the committed numbers")
    only_check = parser.parse_args().check
    arrays = compute(read("inputs.json"))
    if only_check:
        if check(arrays, read(f"{library}.json")):
            return
        sys.exit(
            f"Failed: {library}.json holds other numbers than these. If the inputs or this program "
            "changed on purpose, write them anew without --check; else something changed unnoticed."
        )
    write(f"{library}.json", to_json(arrays))
    versions = {"python": platform.python_version(), **versions()}
    write(f"{library}.versions.json", json.dumps(versions, indent=2) + "\n")
