"""These tests want a GPU: python -m pytest tests/torch/gpu -q -x --durations=5

Elsewhere they are skipped, as in CI. A kernel that hangs would hang whoever waits for it, in a call
that no exception ends: after LIMIT seconds in one test the process says where it stands, and ends.
"""

import faulthandler
import os

import pytest
import torch

from lstmlib.torch import backends


LIMIT = 150                                            # seconds; compiling included


@pytest.fixture(scope="session")
def screen(pytestconfig):
    """Where to write what must be seen even if the process ends at once: a file descriptor."""
    with pytestconfig.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        found = os.dup(2)
    yield found
    os.close(found)


@pytest.fixture(autouse=True)
def no_hanging(screen):
    faulthandler.dump_traceback_later(LIMIT, exit=True, file=screen)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture(autouse=True)
def cuda(no_hanging):
    """The device; float32 in all its bits, and memory given back after each test."""
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    backends._said.clear()
    before = torch.get_float32_matmul_precision(), torch.backends.cudnn.rnn.fp32_precision
    torch.set_float32_matmul_precision("highest")
    torch.backends.cudnn.rnn.fp32_precision = "ieee"
    yield torch.device("cuda", torch.cuda.current_device())
    torch.set_float32_matmul_precision(before[0])
    torch.backends.cudnn.rnn.fp32_precision = before[1]
    torch.cuda.empty_cache()
