"""What the tests of lstmlib.numpy share."""

import importlib
import inspect
from types import SimpleNamespace

import pytest
import torch
from hypothesis import settings

torch.set_num_threads(1)
settings.register_profile("lstmlib", deadline=None, max_examples=25, derandomize=True,
                          database=None)
settings.load_profile("lstmlib")


@pytest.fixture(scope="session")
def planted():
    """Load a module anew with one piece of its source exchanged: a mistake, planted."""

    def load(module, right, wrong):
        source = inspect.getsource(importlib.import_module(module))
        if source.count(right) != 1:            # no AssertionError: a check could be said to raise it
            raise LookupError(f"{right!r} stands {source.count(right)} times in {module}")
        namespace = {"__name__": module}
        exec(compile(source.replace(right, wrong), module, "exec"), namespace)
        return SimpleNamespace(**namespace)

    return load
