"""What the tests of lstmlib.torch share."""

import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent))          # for cases.py, which is no test itself
pytest.register_assert_rewrite("cases")
torch.set_num_threads(1)

from cases import rehearse  # noqa: E402
from lstmlib.torch.backends import graph  # noqa: E402


@pytest.fixture
def graph_on_cpu(monkeypatch):
    """The backend of CUDA graphs without CUDA: all of it but the recording itself."""
    monkeypatch.setattr(graph, "DTYPES", {"cpu": graph.ANY})
    monkeypatch.setattr(graph, "capture", rehearse)
    monkeypatch.setattr(graph, "STEPS", 3)               # T = 7: two chunks and a remainder
    graph._recordings.clear()
    yield graph
    graph._recordings.clear()


@pytest.fixture
def backend(request):
    """A backend's name; "graph" for the test's time on CPU."""
    if request.param == "graph":
        request.getfixturevalue("graph_on_cpu")
    return request.param
