"""What the tests of lstmlib.convert share: settings, and a way to plant a mistake."""

import inspect
from types import SimpleNamespace

import pytest
from hypothesis import settings

import lstmlib.convert

settings.register_profile("lstmlib", deadline=None, max_examples=25, derandomize=True,
                          database=None)
settings.load_profile("lstmlib")


@pytest.fixture(scope="session")
def planted():
    """Load lstmlib.convert anew with one piece of its source exchanged: a mistake, planted."""

    def load(right, wrong):
        source = inspect.getsource(lstmlib.convert)
        if source.count(right) != 1:            # an AssertionError would pass for a mistake seen
            raise LookupError(f"{right!r} stands {source.count(right)} times in lstmlib.convert")
        namespace = {"__name__": "lstmlib.convert"}
        exec(compile(source.replace(right, wrong), "lstmlib.convert", "exec"), namespace)
        return SimpleNamespace(**namespace)

    return load


@pytest.fixture(scope="module", autouse=True)
def quiet_imports(tmp_path_factory):
    """Keras on torch and JAX on the CPU, as asked before they are imported; no file in the home."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_BACKEND", "torch")
        patch.setenv("KERAS_HOME", str(tmp_path_factory.mktemp("keras")))
        patch.setenv("JAX_PLATFORMS", "cpu")
        yield
