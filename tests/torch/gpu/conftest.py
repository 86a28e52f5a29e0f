"""These tests want a GPU: python -m pytest tests/torch/gpu -q -x --durations=5

Elsewhere they are skipped, as in CI.
"""

import pytest
import torch

from lstmlib.torch import backends


@pytest.fixture(autouse=True)
def cuda():
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
