"""Whatever an answer does, the check comes back with a verdict, and only right answers pass."""

import os
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest

from lstmlib.check import check, progress
from lstmlib.check.registry import SOLUTIONS

ROOT = SOLUTIONS.parents[1]


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def right(params, x, state):
    a = x @ params["W"].T + state["h"] @ params["U"].T + params["b"]
    i, f, g, o = np.split(a, 4, axis=1)
    c = sigmoid(f) * state["c"] + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


@pytest.fixture(autouse=True)
def short(monkeypatch):
    from lstmlib.check import answering
    monkeypatch.setenv("LSTMLIB_CHECK_SECONDS", "2")
    monkeypatch.setattr(answering, "SECONDS", 2)


def written(body, **space):
    """A function of a notebook: its source is in no file."""
    space = {"np": np, "right": right, "__name__": "__main__", **space}
    exec("def lstm_step(params, x, state):\n" + textwrap.indent(textwrap.dedent(body), "    "), space)
    return space["lstm_step"]


RIGHT = {
    "plain": "return right(params, x, state)",
    "list for tuple": "return list(right(params, x, state))",
    "dict": "h, c = right(params, x, state)\nreturn {'c': c, 'h': h}",
    "nested lists": "h, c = right(params, x, state)\nreturn h.tolist(), c.tolist()",
    "Fortran order": "h, c = right(params, x, state)\nreturn np.asfortranarray(h), np.asfortranarray(c)",
    "big-endian": "h, c = right(params, x, state)\nreturn h.astype('>f8'), c",
    "complex without imaginary part": "h, c = right(params, x, state)\nreturn h + 0j, c",
    "prints": "print('hello', file=__import__('sys').stderr)\nprint('world')\nreturn right(params, x, state)",
    "one matrix product": """
        W = np.concatenate([params['W'], params['U'], params['b'][:, None]], axis=1)
        joined = np.concatenate([x, state['h'], np.ones((len(x), 1))], axis=1)
        gates = joined @ W.T
        D = state['h'].shape[1]
        s = lambda k: 0.5 * np.tanh(0.5 * gates[:, k * D:(k + 1) * D]) + 0.5
        c = s(0) * np.tanh(gates[:, 2 * D:3 * D]) + s(1) * state['c']
        return np.tanh(c) * s(3), c""",
    "a loop over sequences": """
        rows = [right(params, x[k:k + 1], {n: v[k:k + 1] for n, v in state.items()}) for k in range(len(x))]
        return np.concatenate([h for h, c in rows]), np.concatenate([c for h, c in rows])""",
    "reseeds": "np.random.seed(0)\nreturn right(params, x, state)",
    "patches NumPy where it runs": "np.allclose = lambda *a, **k: True\nreturn right(params, x, state)",
    "closes its output": "import sys\nsys.stdout.close()\nreturn right(params, x, state)",
    "raises the errors of NumPy": "np.seterr(all='raise')\nreturn right(params, x, state)",
    "leaves a thread behind": """
        import threading, time
        threading.Thread(target=time.sleep, args=(1000,)).start()
        return right(params, x, state)""",
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_answers_pass_in_any_form(name):
    verdict = check("lstm-step", written(RIGHT[name]))
    assert verdict.status == "passed", verdict


def test_extra_keywords_callables_and_closures_pass():
    scale = np.ones(1)
    factor = {"one": 1.0}

    class Step:
        def __call__(self, params, x, state):
            return right(params, x, state)

    def closure(params, x, state, verbose=False):
        return tuple(factor["one"] * scale * v for v in right(params, x, state))

    for answer in (closure, Step(), Step().__call__, lambda params, x, state: right(params, x, state)):
        assert check("lstm-step", answer), answer


class Agreeable(np.ndarray):
    """Claims to equal everything."""

    def __eq__(self, other):
        return np.ones(self.shape, bool)

    __ne__ = __lt__ = __gt__ = __sub__ = __rsub__ = lambda self, other: np.zeros(self.shape)

    def __array_function__(self, *args):
        return True


WRONG = {
    "endless loop": ("while True:\n    pass", "had not come back"),
    "sleeps": ("import time\ntime.sleep(1000)", "had not come back"),
    "holds the interpreter": ("import re\nre.match('(a+)+$', 'a' * 50 + 'b')", "had not come back"),
    "sys.exit": ("import sys\nsys.exit()", "left instead of returning"),
    "raises KeyboardInterrupt": ("raise KeyboardInterrupt", "left instead of returning"),
    "os._exit": ("import os\nos._exit(0)", "ended the whole process"),
    "os.abort": ("import os\nos.abort()", "was killed"),
    "recursion": ("return lstm_step(params, x, state)", "calls itself without an end"),
    "gigantic array": ("return np.ones((10 ** 6, 10 ** 6))", "more memory"),
    "gigantic list": ("return [0.5] * 10 ** 12", "more memory"),
    "large output": ("return np.zeros((6000, 3000)), x", "too large to be sent back"),
    "endless output": ("while True:\n    print('x' * 10 ** 6)", ""),
    "an exception": ("return 1 / 0", "ZeroDivisionError"),
    "an exception whose text fails": (
        "class E(Exception):\n    def __str__(self):\n        raise ValueError\nraise E", "E"),
    "generator": ("yield 1", "a generator"),
    "None": ("pass", "returned None"),
    "one of two": ("return right(params, x, state)[0]", "Return 2 values"),
    "three of two": ("return (*right(params, x, state), x)", "3 values"),
    "wrong keys": ("return {'hidden': x, 'cell': x}", "no key `h`"),
    "NaN": ("return state['h'] * np.nan, state['c'] * np.nan", "NaN"),
    "text": ("return 'h', 'c'", "expected an array of numbers"),
    "objects": ("return np.array([object()] * 2), x", "array of object items"),
    "a list that contains itself": ("a = []\na.append(a)\nreturn a, a", "expected an array"),
    "ragged": ("return [[1.0], [1.0, 2.0]], x", "items of different shapes"),
    "transposed": ("h, c = right(params, x, state)\nreturn h.T, c", "it is transposed"),
    "in place": ("h, c = right(params, x, state)\nparams['W'] *= 0.5\nreturn h, c", "params['W']"),
    "state in place": ("h, c = right(params, x, state)\nstate['h'][:] = h\nreturn h, c", "state['h']"),
    "a key added": ("h, c = right(params, x, state)\nstate['new'] = h\nreturn h, c", "state['new']"),
    "claims to equal everything": ("return np.zeros((2, 2)).view(Agreeable), np.zeros((2, 2)).view(Agreeable)", ""),
    "float32": ("h, c = right(params, x, state)\nreturn h.astype('f'), c", "float32"),
    "right once": (
        "calls.append(1)\nh, c = right(params, x, state)\nreturn h * (len(calls) == 1), c", "is not what it should be"),
    "right but for a repetition": (
        "key = x.tobytes()\nseen = key in calls\ncalls.append(key)\nh, c = right(params, x, state)\nreturn h + seen, c",
        "wrong when asked again"),
    "imports the checks": ("import lstmlib.check.registry", "cannot import the checks"),
    "imports the solution": (
        f"import sys\nsys.path.insert(0, {str(SOLUTIONS)!r})\nimport lstm_step as s\nreturn s.lstm_step(params, x, state)",
        "No module named 'lstm_step'"),
    "reads the solution": (
        f"exec(open({str(SOLUTIONS / 'lstm_step.py')!r}).read(), globals())\nreturn lstm_step(params, x, state)",
        "cannot look into"),
    "reads the page": (f"return open({str(ROOT / 'book/lstm/gates_exercises.ipynb')!r}).read()", "cannot look into"),
    "reads it by a child": ("import subprocess\nreturn subprocess.check_output(['true'])", "cannot do this"),
    "reads it by a shell": ("import os\nreturn os.system('true')", "cannot do this"),
    "forks": ("import os\nos.fork()", "cannot do this"),
    "kills the judge": ("import os\nos.kill(os.getppid(), 9)", "cannot do this"),
    "unblocks itself": (
        "import sys\nsys.modules['__main__'].shut([])\nimport lstmlib.check.registry", "cannot import the checks"),
    "tells lies": (
        "import os, json\nfor fd in range(3, 20):\n    try:\n"
        "        os.write(fd, b'{\"done\": true}\\n{\"call\": 0, \"raised\": [1]}\\n[]\\n{\"stuck\": 5}\\n{\"unpacked\": 1}\\n')\n"
        "    except OSError:\n        pass\nos._exit(0)", "ended the whole process"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_answers_fail_and_leave_the_kernel_alone(name):
    body, expected = WRONG[name]
    space = {"calls": [], "Agreeable": Agreeable}
    before = np.random.get_state()[1].copy()
    started = time.monotonic()
    verdict = check("lstm-step", written(body, **space))
    assert verdict.status == "failed"
    assert expected in repr(verdict), verdict
    assert time.monotonic() - started < 12
    assert (np.random.get_state()[1] == before).all()
    assert not np.allclose(0, 1)
    verdict.html.encode()


def test_a_patched_numpy_in_the_notebook_changes_nothing(monkeypatch):
    for name in ("allclose", "array_equal", "isclose"):
        monkeypatch.setattr(np, name, lambda *args, **kwargs: True)
    monkeypatch.setattr(np, "tanh", lambda a: a)
    assert check("lstm-step", written("return right(params, x, state)")).status == "passed"
    assert check("lstm-step", written("return x, x")).status == "failed"
    linear = "h, c = right(params, x, state)\nreturn c * 0.5, c"
    assert check("lstm-step", written(linear)).status == "failed"


def test_a_closure_that_cannot_travel_gets_a_sentence():
    stream = (k for k in range(3))
    lock = __import__("threading").Lock()

    def uses_generator(params, x, state):
        return next(stream)

    def uses_lock(params, x, state):
        with lock:
            return right(params, x, state)

    for answer, name in ((uses_generator, "`stream`, a generator"), (uses_lock, "`lock`, a lock")):
        verdict = check("lstm-step", answer)
        assert verdict.status == "failed" and name in repr(verdict)


def test_prints_are_relayed_from_the_case_that_is_shown():
    verdict = check("lstm-step", written("print('old h', state['h'][0, 0])\nreturn x, x"))
    assert repr(verdict).count("old h") == 1
    assert "Your function printed" in repr(verdict)


def test_debug_runs_the_failing_case_here():
    seen = []

    def answer(params, x, state):
        seen.append(params["W"].shape)
        return 1 / 0

    with pytest.raises(ZeroDivisionError):
        check("lstm-step", answer, debug=True)
    assert len(seen) == 1
    assert check("lstm-step", right, debug=True).status == "passed"


@pytest.mark.parametrize("call, error, says", [
    (lambda: check("lstm-stp", right), ValueError, "did you mean 'lstm-step'"),
    (lambda: check("lstm-step", right(*_case())), TypeError, "without calling it"),
    (lambda: check("lstm-step", h=1), TypeError, "takes a function"),
])
def test_bad_calls_say_what_to_write(call, error, says):
    with pytest.raises(error, match=says):
        call()


def _case():
    return ({"W": np.ones((8, 3)), "U": np.ones((8, 2)), "b": np.ones(8)}, np.ones((1, 3)),
            {"h": np.ones((1, 2)), "c": np.ones((1, 2))})


def test_wrong_arguments_are_told_before_anything_runs():
    verdict = check("lstm-step", lambda params, x: None)
    assert verdict.status == "failed" and "must take 3 arguments" in repr(verdict)


def test_an_unfinished_answer_is_told_where(tmp_path):
    (tmp_path / "unfinished.py").write_text("def lstm_step(params, x, state):\n    a = x\n    ...\n    return h, c\n")
    code = ("import sys; sys.path.insert(0, '.'); from unfinished import lstm_step; "
            "from lstmlib.check import check; print(check('lstm-step', lstm_step))")
    told = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert "A `...` still stands in line 3" in told.stdout, told
    assert "line 4 of `lstm_step`: `return h, c`" in told.stdout


def test_hints_are_offered_after_the_third_failure_by_name():
    wrong = written("return x, x")
    said = [repr(check("lstm-step", wrong)) for _ in range(3)]
    assert ["hint(" in text for text in said] == [False, False, True]
    assert 'hint("lstm-step", 1)' in said[2]
    from lstmlib.check import hint
    hint("lstm-step", 1)
    assert 'hint("lstm-step", 2)' in repr(check("lstm-step", wrong))
    check("lstm-step", right)
    assert "hint(" not in repr(check("lstm-step", wrong))


def test_progress_is_kept_in_the_readers_own_file(tmp_path):
    assert "0 of" in repr(progress())
    check("lstm-step", written("return x, x"))
    check("lstm-step", right)
    kept = tmp_path / "home" / "progress.json"
    assert kept.exists() and "1 of" in repr(progress()) and str(kept) in repr(progress())
    kept.write_text("not json")
    assert "solved" in repr(progress()), "what this process knows is not lost with the file"
    kept.unlink()
    check("lstm-step", right)
    assert kept.exists()


def test_progress_lasts_the_session_where_nothing_can_be_written(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LSTMLIB_HOME", str(tmp_path / "file" / "below"))
    assert "as long as this kernel" in repr(check("lstm-step", right))
    assert "1 of" in repr(progress())


def test_the_default_place_is_outside_the_repository(monkeypatch):
    from lstmlib import kept
    monkeypatch.delenv("LSTMLIB_HOME")
    assert not kept.folder().resolve().is_relative_to(ROOT)


@pytest.mark.skipif(os.name != "posix", reason="sends a POSIX signal")
def test_an_interrupt_ends_every_process():
    code = textwrap.dedent("""
        import os, signal, threading
        from lstmlib.check import check
        def lstm_step(params, x, state):
            while True:
                pass
        threading.Timer(1.5, os.kill, (os.getpid(), signal.SIGINT)).start()
        try:
            check("lstm-step", lstm_step)
        except KeyboardInterrupt:
            print("interrupted")
    """)
    env = {**os.environ, "PYTHONPATH": str(ROOT), "LSTMLIB_CHECK_SECONDS": "60"}
    started = time.monotonic()
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, timeout=50)
    assert told.stdout == "interrupted\n", told.stderr
    assert time.monotonic() - started < 20
