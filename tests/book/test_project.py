"""The promises of the README and of the files around the book."""

import json
import re
import shutil
import stat
import subprocess
import tomllib

import pytest

from execute import ROOT

TRACKED = [ROOT / f for f in subprocess.run(
    ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def name_of(requirement):
    return re.match(r"[\w.-]+", requirement).group().lower().replace("_", "-")


def pins():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_numpy_is_the_only_hard_dependency():
    assert [name_of(d) for d in PROJECT["dependencies"]] == ["numpy"]


def test_every_requirement_is_an_exact_pin():
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+( ; .+)?", line) for line in pins())
    assert "torch==2.13.0" in pins()


def test_requirements_hold_all_that_the_extras_name():
    pinned = {name_of(line) for line in pins()}
    for extra in PROJECT["optional-dependencies"].values():
        assert {name_of(d) for d in extra} <= pinned


def test_rendering_needs_no_torch():
    assert "torch" not in {name_of(d) for d in PROJECT["optional-dependencies"]["book"]}


def test_the_lock_file_pins_web_packages_and_names_no_host():
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {k: v for k, v in lock["packages"].items() if k}
    assert packages and all("version" in p and "integrity" in p for p in packages.values())
    assert "resolved" not in json.dumps(lock)


@pytest.mark.parametrize("path", TRACKED, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_file_is_of_a_decent_size(path):
    assert path.stat().st_size <= 1_500_000


def test_every_picture_is_shown_somewhere():
    texts = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "_config.yml"))
    pictures = [p for p in TRACKED if p.suffix in (".png", ".jpg", ".svg") and p.exists()]
    assert [p.name for p in pictures if p.relative_to(ROOT).as_posix() not in texts] == []


def make(tmp_path, *args):
    shutil.copy(ROOT / "Makefile", tmp_path)
    return subprocess.run(["make", "--silent", *args], cwd=tmp_path, capture_output=True, text=True,
                          check=False)


def test_help_lists_the_commands(tmp_path):
    listed = make(tmp_path, "help").stdout
    for command in ("book", "test", "lab", "serve", "execute", "bench", "clean", "help"):
        assert f"make {command} " in listed


def python_of(tmp_path, version):
    """A stand-in for a Python of another version: it says so, and every check of it fails."""
    path = tmp_path / "python"
    path.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo Python {version} && exit 0\nexit 1\n')
    path.chmod(path.stat().st_mode | stat.S_IEXEC)
    return path


@pytest.mark.parametrize("version", ["3.10.13", "3.11.2", "3.14.0"])
def test_another_python_gets_one_sentence(tmp_path, version):
    done = make(tmp_path, "book", f"PYTHON={python_of(tmp_path, version)}")
    assert done.returncode != 0
    said = done.stdout.strip().splitlines()
    assert len(said) == 1 and "3.11.5 to 3.13" in said[0] and f"Python {version}" in said[0]
    assert not (tmp_path / ".venv").exists()


def test_no_python_gets_one_sentence(tmp_path):
    done = make(tmp_path, "book", "PYTHON=/nowhere/python")
    said = done.stdout.strip().splitlines()
    assert done.returncode != 0 and len(said) == 1 and "not to be found" in said[0]
