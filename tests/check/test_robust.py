"""Whatever an answer does, the check comes back with a verdict, and only right answers pass."""

import os
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest

from lstmlib.check import check, progress, registry
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
    from lstmlib.check import asking
    monkeypatch.setenv("LSTMLIB_CHECK_SECONDS", "2")
    monkeypatch.setattr(asking, "SECONDS", 2)


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
    "a tensor with its history": "import torch\nreturn [torch.tensor(a, requires_grad=True) for a in right(params, x, state)]",
    "np.matrix": "return tuple(map(np.matrix, right(params, x, state)))",
    "masked, nothing hidden": "return tuple(map(np.ma.array, right(params, x, state)))",
    "memoryviews": "return tuple(map(memoryview, right(params, x, state)))",
    "array.array": "import array\nreturn [[array.array('d', row) for row in a] for a in right(params, x, state)]",
    "a named tuple": "import collections\nreturn collections.namedtuple('State', 'h c')(*right(params, x, state))",
    "a dataclass": "import dataclasses\nreturn dataclasses.make_dataclass('State', ['c', 'h'])(*right(params, x, state)[::-1])",
    "a deque": "import collections\nreturn collections.deque(right(params, x, state))",
    "fractions": """
        from fractions import Fraction
        return [[[Fraction(v) for v in row] for row in a.tolist()] for a in right(params, x, state)]""",
    "decimals": """
        from decimal import Decimal
        return [[[Decimal(v) for v in row] for row in a.tolist()] for a in right(params, x, state)]""",
    "arrays of objects": "return tuple(a.astype(object) for a in right(params, x, state))",
    "long doubles": "return tuple(a.astype(np.longdouble) for a in right(params, x, state))",
    "imaginary parts of rounding": "h, c = right(params, x, state)\nreturn h + 1e-17j, c",
    "strided": "return tuple(np.repeat(a, 2, axis=1)[:, ::2] for a in right(params, x, state))",
    "a list whose class misbehaves": """
        class Odd(list):
            def __len__(self):
                raise RuntimeError
            def __iter__(self):
                while True:
                    yield 1.0
        return Odd(right(params, x, state))""",
    "prints millions": "print('x' * 3_000_000)\nreturn right(params, x, state)",
    "uses temporary files": """
        import os, tempfile
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(folder + '/deep')
            np.save(folder + '/deep/x.npy', x)
            return right(params, np.load(folder + '/deep/x.npy'), state)""",
    "says what is no JSON": """
        import os
        for fd in range(3, 20):
            try:
                os.write(fd, b'{"call": ' + b'[' * 100_000 + b'\\n{"call": 0, "printed_from": 1' + b'0' * 30 + b'}\\n')
            except OSError:
                pass
        return right(params, x, state)""",
    "tensors that know their gradients": """
        class Tensor:
            def __init__(self, array, free=False):
                self.array, self.free = array, free
            def detach(self):
                return Tensor(self.array, free=True)
            def cpu(self):
                return self
            def __array__(self, *args, **kwargs):
                if not self.free:
                    raise RuntimeError("use detach")
                return self.array
        h, c = right(params, x, state)
        return Tensor(h), Tensor(c)""",
    "leaves a thread behind": """
        import threading, time
        threading.Thread(target=time.sleep, args=(1000,)).start()
        return right(params, x, state)""",
}


@pytest.fixture
def unhurried(monkeypatch):
    """Time enough to import PyTorch on a busy machine."""
    from lstmlib.check import asking
    monkeypatch.setenv("LSTMLIB_CHECK_SECONDS", "20")
    monkeypatch.setattr(asking, "SECONDS", 20)


@pytest.mark.parametrize("name", RIGHT)
def test_right_answers_pass_in_any_form(name, unhurried):
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
    "masked": ("h, c = right(params, x, state)\nreturn np.ma.array(h, mask=True), c", "with masked entries"),
    "a coroutine": ("async def f(): pass\nf = f()\nreturn f", "begins with `async`"),
    "integers beyond all floats": ("return 10 ** 400, x", "too large for float64"),
    "records": ("return np.zeros(2, 'f8,f8'), x", "expected an array of numbers"),
    "characters no page can show": ("raise ValueError('\\udc80 \\x00 \\x1b[31m')", "Your function failed: ValueError"),
    "an argument that cannot be read": (
        "class Odd(list):\n    __class__ = property(lambda self: 1 / 0)\nstate['odd'] = Odd()\nreturn right(params, x, state)",
        "writes into its arguments"),
    "crashes": ("import ctypes\nctypes.string_at(0)", "crashed"),
    "stops its own clock": (
        "import threading\nfor t in threading.enumerate():\n    if hasattr(t, 'cancel'):\n        t.cancel()\nwhile True:\n    pass",
        "had not come back"),
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
    "reads it through a folder": (
        f"import os\nd = os.open({str(SOLUTIONS.parent)!r}, os.O_RDONLY)\nos.open('solutions/lstm_step.py', 0, dir_fd=d)", "an answer cannot"),
    "reads it through a link": (
        "import os, tempfile\nlink = tempfile.mkdtemp() + '/link'\n"
        f"os.symlink({str(SOLUTIONS / 'lstm_step.py')!r}, link)\nreturn open(link).read()", "cannot look into"),
    "reads it as numbers": (f"return np.fromfile({str(SOLUTIONS / 'lstm_step.py')!r}, 'u1')", "cannot look into"),
    "reads it under a false name": (
        "import posixpath\nposixpath._joinrealpath = lambda *a, **k: ('/', '/')\nposixpath.abspath = lambda p: '/'\n"
        f"return open({str(SOLUTIONS / 'lstm_step.py')!r}).read()", "cannot look into"),
    "copies it": (f"import shutil, tempfile\nshutil.copytree({str(SOLUTIONS)!r}, tempfile.mkdtemp() + '/s')", "cannot look into"),
    "writes a file": ("open('spoil.txt', 'w')", "cannot change files"),
    "makes a folder": ("import os\nos.mkdir('spoil')", "cannot change files"),
    "renames": ("import os\nos.rename('no such file', 'spoil')", "cannot change files"),
    "starts a process on another road": (
        "import multiprocessing as m\nm.get_context('spawn').Process(target=print).start()", "cannot do this"),
    "kills the judge": ("import os\nos.kill(os.getppid(), 9)", "cannot do this"),
    "unblocks itself": (
        "import sys\nsys.modules['__main__'].fence([], '/')\nimport lstmlib.check.registry", "cannot import the checks"),
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


def test_right_values_in_another_order_are_told_so():
    def bits_and_perplexity(p, mask):
        bits = -np.log2(p[mask]).mean()
        return 2 ** bits, bits

    verdict = check("perplexity", bits_and_perplexity)
    assert verdict.status == "failed"
    assert "`perplexity`, `bits`; expected are `bits`, `perplexity`" in repr(verdict).replace("\n", " ")


def test_a_patched_numpy_in_the_notebook_changes_nothing(monkeypatch):
    for name in ("allclose", "array_equal", "isclose"):
        monkeypatch.setattr(np, name, lambda *args, **kwargs: True)
    monkeypatch.setattr(np, "tanh", lambda a: a)
    assert check("lstm-step", written("return right(params, x, state)")).status == "passed"
    assert check("lstm-step", written("return x, x")).status == "failed"
    linear = "h, c = right(params, x, state)\nreturn c * 0.5, c"
    assert check("lstm-step", written(linear)).status == "failed"


def test_what_is_no_plain_function_passes_too():
    import functools

    @functools.wraps(right)
    def wrapped(*args):
        return right(*args)

    class Steps:
        def bound(self, params, x, state):
            return right(params, x, state)

        @staticmethod
        def static(params, x, state):
            return right(params, x, state)

    @functools.lru_cache
    def power(n):
        return 1.0 if n == 0 else power(n - 1)

    def uses_a_cache(params, x, state):
        return [power(3) * a for a in right(params, x, state)]

    annotated = {"right": right, "__name__": "__main__"}
    exec("from __future__ import annotations\ndef f(params: Unknown, x, state) -> Unknown:\n"
         "    return right(params, x, state)", annotated)
    for answer in (functools.partial(right), wrapped, Steps().bound, Steps.static, uses_a_cache, annotated["f"],
                   functools.partial(lambda one, params, x, state: right(params, x, state), 1)):
        assert check("lstm-step", answer), answer


class Odd:
    """Not to be looked at in one way or another."""

    def __call__(self, params, x, state):
        return right(params, x, state)


class OddSignature(Odd):
    __signature__ = property(lambda self: 1 / 0)


class OddAttributes(Odd):
    def __getattribute__(self, name):
        raise RuntimeError(name)


class OddReduce(Odd):
    def __reduce__(self):
        raise SystemExit


class OddEqual(Odd):
    def __eq__(self, other):
        raise RuntimeError

    __hash__ = None


class Endless(Odd):
    def __reduce__(self):
        return Endless, (Endless(),)


class Leaves(Odd):
    def __reduce__(self):
        return os._exit, (0,)


@pytest.mark.parametrize("kind", [OddSignature, OddAttributes, OddReduce, OddEqual, Endless, Leaves])
def test_odd_objects_get_a_verdict_and_no_traceback(kind):
    assert check("lstm-step", kind()).status == "failed"


class OddText(str):
    def strip(self, *args):
        raise RuntimeError


class OddNumber(float):
    def __float__(self):
        raise RuntimeError


class OddRepr:
    def __repr__(self):
        raise RuntimeError


@pytest.mark.parametrize("given", [
    OddText("3"), OddNumber(3), OddRepr(), 10 ** 400, 1j, np.ones(2), b"3", "9" * 300, "(" * 199, "9**9**9**9", "\0", [], True])
@pytest.mark.parametrize("name", ["three-prices", "lstm-by-hand", "too-good"])
def test_written_answers_get_a_verdict_or_the_documented_error(name, given):
    exercise = registry.find(name)
    keys = [number.name for number in getattr(exercise, "numbers", [])]
    try:
        verdict = check(name, given) if len(keys) < 2 else check(name, **{keys[0]: given})
    except (TypeError, ValueError):
        return
    assert verdict.status in ("failed", "waiting") and repr(verdict) and verdict.html


def test_functions_of_others_get_a_verdict():
    assert [check("lstm-step", answer).status for answer in (print, int, len)] == ["failed"] * 3


def test_what_is_too_large_to_be_copied_is_named():
    large = np.zeros(30_000_000)
    verdict = check("lstm-step", lambda params, x, state: large[:2])
    assert verdict.status == "failed" and "200 MB" in repr(verdict) and "`large`" in repr(verdict)


def test_a_raised_limit_of_recursion_does_not_kill_the_kernel():
    deep = []
    for _ in range(200_000):
        deep = [deep]
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(10 ** 7)
    try:
        verdict = check("lstm-step", lambda params, x, state: deep)
        assert sys.getrecursionlimit() == 10 ** 7
    finally:
        sys.setrecursionlimit(limit)
        while deep:
            deep = deep.pop()
    assert verdict.status == "failed" and "cannot be sent" in repr(verdict)


def test_modules_of_the_readers_own_go_with_the_answer_and_installed_ones_do_not(tmp_path, monkeypatch):
    from lstmlib.check import packing
    body = "def scale():\n    return 1.0\n"
    (tmp_path / "of_mine.py").write_text(body)
    (tmp_path / "site-packages").mkdir()
    (tmp_path / "site-packages" / "of_others.py").write_text(body)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path / "site-packages"))
    import of_mine
    import of_others
    own = list(packing._readers_own())
    assert of_mine in own and of_others not in own

    def answer(params, x, state):
        return [of_mine.scale() * of_others.scale() * a for a in right(params, x, state)]

    assert check("lstm-step", answer)


def test_what_fails_around_the_answer_is_no_fault_of_it(monkeypatch, tmp_path):
    from lstmlib.check import record
    for program in ("", str(tmp_path / "no such program"), str(tmp_path)):
        monkeypatch.setattr(sys, "executable", program)
        verdict = check("lstm-step", right)
        assert verdict.status == "waiting" and "could not be judged" in repr(verdict)
        assert record.record_of("lstm-step") == {}


READERS_MACHINE = {
    "warnings are errors": {"PYTHONWARNINGS": "error"},
    "no asserts, no docstrings": {"PYTHONOPTIMIZE": "2"},
    "an interactive end": {"PYTHONINSPECT": "1"},
    "a safe path": {"PYTHONSAFEPATH": "1"},
    "another language": {"LC_ALL": "C", "PYTHONUTF8": "0"},
    "no folder for temporary files": {"TMPDIR": "/no such folder"},
    "no home": {"HOME": "/no such folder", "LSTMLIB_HOME": ""},
}


@pytest.mark.parametrize("name", READERS_MACHINE)
def test_on_whatever_machine(name, tmp_path):
    (tmp_path / "mine.py").write_text(textwrap.dedent("""
        import sys, warnings
        warnings.simplefilter("default")
        from lstmlib.check import check, progress, registry
        exercise = registry.find("lstm-step")
        step = registry.function_of(exercise, registry.solution_text(exercise))
        print([check("lstm-step", f).status for f in (step, lambda params, x, state: (x, x))])
        assert "LSTM" in repr(progress()) or "lstm-step" in repr(progress())
    """), encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": str(ROOT), **READERS_MACHINE[name]}
    told = subprocess.run([sys.executable, "mine.py"], cwd=tmp_path, capture_output=True, text=True, env=env,
                          stdin=subprocess.DEVNULL)
    assert told.stdout == "['passed', 'failed']\n", told.stderr
    assert {path.name for path in tmp_path.iterdir()} <= {"mine.py", "home"}


@pytest.mark.skipif(os.name != "posix", reason="elsewhere a folder in use cannot be removed")
def test_in_a_folder_that_is_no_more(tmp_path):
    code = ("import os, sys; os.rmdir(os.getcwd())\n"
            "from lstmlib.check import check, registry\n"
            "exercise = registry.find('lstm-step')\n"
            "print(check('lstm-step', registry.function_of(exercise, registry.solution_text(exercise))).status)")
    (tmp_path / "gone").mkdir()
    told = subprocess.run([sys.executable, "-c", code], cwd=tmp_path / "gone", capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert told.stdout == "passed\n", told.stderr


def test_no_file_and_no_process_stays_behind(tmp_path, monkeypatch):
    import tempfile
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    body = "import os, tempfile\ntempfile.mkstemp()\nprint(os.getpid())\n"
    ends = ["return x, x", "while True:\n    pass", "os.setsid()\nwhile True:\n    pass", "os._exit(0)"]
    for end in ends:
        verdict = check("lstm-step", written(body + end))
        assert verdict.status == "failed" and {path.name for path in tmp_path.iterdir()} <= {"home"}
        if os.name == "posix":
            with pytest.raises(ProcessLookupError):
                os.kill(int(verdict.printed.split()[0]), 0)


def test_importing_the_checks_is_light():
    code = ("import sys, lstmlib.check; "
            "print([n for n in sys.modules if n in ('numpy', 'matplotlib', 'torch', 'cloudpickle') or '.exercises.' in n])")
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert told.stdout == "[]\n", told


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


def test_what_numpy_says_of_a_tensor_is_not_the_answers_print(unhurried):
    verdict = check("lstm-step", written(RIGHT["a tensor with its history"]))
    assert verdict.status == "passed" and "printed" not in repr(verdict)


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


def test_two_kernels_at_once_lose_nothing(tmp_path):
    code = ("from lstmlib import kept; import sys\n"
            "for k in range(60):\n    assert kept.update('progress', {f'{sys.argv[1]}{k}': {'tries': k}})")
    both = [subprocess.Popen([sys.executable, "-c", code, name], env={**os.environ, "PYTHONPATH": str(ROOT)})
            for name in "ab"]
    assert [process.wait() for process in both] == [0, 0]
    from lstmlib import kept
    assert len(kept.read("progress")) == 120
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["progress.json"]


@pytest.mark.parametrize("text", [
    "not json", "[]", "null", "\0", "[" * 100_000, '{"lstm-step": 3}', '{"lstm-step": {"tries": "x", "hints": [], "passed": 1}}',
    '{"lstm-step": {"failures": null}}'])
def test_a_spoilt_file_is_survived_and_set_aside(text, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "progress.json").write_text(text)
    assert "0 of" in repr(progress())
    assert check("lstm-step", right) and "1 of" in repr(progress())
    aside = home / "progress.unreadable.json"
    assert aside.exists() != text.startswith("{") and (not aside.exists() or aside.read_text() == text)


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
        check("lstm-step", lambda params, x, state: None)      # imports what it takes
        signal.signal(signal.SIGINT, signal.default_int_handler)   # a job in the background ignores it
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
