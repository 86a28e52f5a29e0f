"""What an import loads, and what it must not."""

import subprocess
import sys

import pytest

HEAVY = ["torch", "matplotlib", "IPython", "ipywidgets", "tqdm", "scipy"]


def loaded_by(statement):
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    return subprocess.run([sys.executable, "-c", code], check=True, text=True,
                          capture_output=True).stdout.split()


@pytest.mark.parametrize("statement, absent", [
    ("import lstmlib", ["numpy", "lstmlib.numpy", *HEAVY]),
    ("import lstmlib.progress", ["numpy", *HEAVY]),
    ("import lstmlib.numpy", HEAVY),
])
def test_import_is_light(statement, absent):
    modules = loaded_by(statement)
    assert not set(absent) & set(modules)


def test_numpy_and_the_standard_library_are_all_it_needs():
    before = set(loaded_by("import numpy"))
    new = {name.split(".")[0] for name in set(loaded_by("import lstmlib.numpy")) - before}
    assert new <= {"lstmlib", *sys.stdlib_module_names}


def test_all_names_what_there_is():
    import lstmlib.numpy as library

    assert sorted(set(library.__all__)) == sorted(library.__all__)
    for name in library.__all__:
        assert hasattr(library, name)
