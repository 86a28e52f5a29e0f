"""The progress bar: where it shows, and that it leaves nothing behind."""

import os
import subprocess
import sys

import pytest

from lstmlib.progress import progress

COUNT = """from lstmlib.progress import progress
print(sum(progress(range(5), description='adding')))"""


def run(code, **environment):
    return subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=True,
                          env=environment)


@pytest.fixture
def environment(monkeypatch):
    monkeypatch.delenv("LSTMLIB_PROGRESS", raising=False)
    return dict(os.environ)


def test_silent_where_nobody_watches(environment):
    done = run(COUNT, **environment)
    assert (done.stdout, done.stderr) == ("10\n", "")


def test_the_variable_decides(environment):
    done = run(COUNT, **environment, LSTMLIB_PROGRESS="1")
    assert done.stdout == "10\n" and "adding" in done.stderr
    # The last thing written wipes the line (as text, its carriage returns have become newlines).
    assert done.stderr.split("\n")[-2].strip() == ""
    assert run(COUNT, **environment, LSTMLIB_PROGRESS="0").stderr == ""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_shown_on_a_terminal(environment):
    import pty
    import select
    import termios

    leader, follower = pty.openpty()
    termios.tcsetwinsize(follower, (24, 80))
    done = subprocess.run([sys.executable, "-c", COUNT], stderr=follower, check=True, timeout=60,
                          stdout=subprocess.PIPE, text=True, env=environment)
    ready, _, _ = select.select([leader], [], [], 5)
    seen = os.read(leader, 100_000).decode() if ready else ""
    os.close(follower)
    os.close(leader)
    assert done.stdout == "10\n" and "adding" in seen


def test_an_executed_notebook_holds_no_bar(environment, tmp_path):
    """Through nbclient, as notebooks are executed; a front end that takes input gets a bar."""
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(COUNT)])
    nbclient.NotebookClient(notebook, kernel_name="python3").execute()
    (output,) = notebook.cells[0].outputs
    assert output.name == "stdout" and output.text == "10\n"


def test_a_front_end_that_can_be_asked_gets_a_bar(environment):
    manager = pytest.importorskip("jupyter_client").manager
    shown = {}
    kernel, client = manager.start_new_kernel(kernel_name="python3")
    try:
        for asked in (True, False):
            code = "from lstmlib.progress import wanted\nprint(wanted())"
            client.execute_interactive(
                code, allow_stdin=asked, timeout=60,
                output_hook=lambda message: shown.setdefault(
                    asked, message["content"].get("text")) if message["msg_type"] == "stream"
                else None)
    finally:
        client.stop_channels()
        kernel.shutdown_kernel(now=True)
    assert shown == {True: "True\n", False: "False\n"}


def test_wrong_calls(monkeypatch):
    monkeypatch.setenv("LSTMLIB_PROGRESS", "yes")
    with pytest.raises(ValueError, match="LSTMLIB_PROGRESS: got 'yes', expected 0"):
        progress([1])
    monkeypatch.setenv("LSTMLIB_PROGRESS", "0")
    with pytest.raises(TypeError, match="iterable: got int, expected"):
        progress(5)


def test_it_is_the_iterable():
    assert list(progress([1, 2, 3])) == [1, 2, 3]
    assert list(progress(iter("abc"), total=3)) == ["a", "b", "c"]
