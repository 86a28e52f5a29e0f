"""What the tests of lstmlib.torch share."""

import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent))          # for cases.py, which is no test itself
pytest.register_assert_rewrite("cases")
torch.set_num_threads(1)
