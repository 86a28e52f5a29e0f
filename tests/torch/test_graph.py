"""The backend of CUDA graphs without CUDA: all of it but the recording itself.

In place of a recording stands what has the same traps: a function that is run again on the same
memory, and writes its outputs over those of the call before.
"""

import numpy as np
import pytest
import torch
from cases import TOLERANCE, WAYS, assert_near, by_reference, by_torch, make, smallest

import lstmlib.numpy as reference
from lstmlib.numpy import CELLS as TWINS
from lstmlib.torch import LSTM, MGU, BACKENDS, from_numpy
from lstmlib.torch.backends import graph


def rehearse(function, inputs):
    outputs = [value.clone() for value in function(*inputs)]

    def again():
        for held, value in zip(outputs, function(*inputs), strict=True):
            held.copy_(value)
    return again, outputs


@pytest.fixture(autouse=True)
def on_cpu(monkeypatch):
    monkeypatch.setattr(graph, "DTYPES", {"cpu": graph.ANY})
    monkeypatch.setattr(graph, "capture", rehearse)
    monkeypatch.setattr(graph, "STEPS", 3)                # T = 7: two chunks and a remainder
    graph._recordings.clear()
    yield
    graph._recordings.clear()


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("name", TWINS)
def test_values_and_gradients(name, dtype, way):
    case = make(smallest(TWINS[name], 3, 2), dtype=dtype)
    assert_near(by_torch(case, backend="graph", **way), by_reference(case, **way),
                TOLERANCE[dtype])
