"""A stream read by an LSTM whose state is wiped where a new string begins."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.numpy import LSTM, unroll


def probes(rng):
    def drawn(T, B, M, D, starts=None):
        params = {
            "W": rng.normal(size=(4 * D, M)),
            "U": rng.normal(size=(4 * D, D)),
            "b": rng.normal(size=4 * D) + np.repeat([0, 1.5, 0, 0], D),
        }
        state = {"h": rng.uniform(-0.8, 0.8, (B, D)), "c": 1.5 * rng.normal(size=(B, D))}
        if starts is None:
            starts = rng.uniform(size=(T, B)) < 0.3
            starts[1, 0], starts[1, 1:] = True, False
            starts[-2, -1], starts[-2, :-1] = True, False
        args = params, rng.normal(size=(T, B, M)), np.array(starts, bool), state
        return args, {"T": T, "B": B, "D": D}

    def told(name, says, *sizes, **given):
        args, sizes = drawn(*sizes, **given)
        return Probe(name, args, says, sizes)

    yield told(
        "no start at all",
        "No string begins here: the run goes on from the state it is given, to the end.",
        3, 1, 2, 2, starts=[[0], [0], [0]],
    )
    yield told(
        "a start at the first step",
        "The first symbol begins a string, so the state that was carried here is wiped before it.",
        2, 1, 3, 2, starts=[[1], [0]],
    )
    yield told(
        "a start in the middle",
        "A string begins at the third of five steps. Before it the old state runs on; that step"
        " itself reads its symbol with a state of zeros, and writes.",
        5, 1, 2, 3, starts=[[0], [0], [1], [0], [0]],
    )
    yield told(
        "two sequences, a start in one",
        "At the second step a string begins in one of the two sequences. The other one runs on.",
        3, 2, 2, 3, starts=[[0, 0], [0, 1], [0, 0]],
    )
    yield told(
        "a start at the last step",
        "A string begins with the last symbol.",
        3, 2, 3, 2, starts=[[0, 0], [0, 0], [1, 0]],
    )
    for T, B, M, D, name in ((5, 3, 2, 3, "B = D"), (7, 5, 2, 3, "random starts"), (11, 2, 3, 5, "a longer stream")):
        yield told(
            name,
            "Strings begin at different steps in the different sequences. Compare with runs over"
            " single strings.",
            T, B, M, D,
        )


def reference(params, x, starts, state):
    """Cut every sequence at its starts, and run each piece for itself."""
    (T, B, M), D = x.shape, state["h"].shape[1]
    found = {name: np.zeros((T, B, D)) for name in "hc"}
    for k in range(B):
        cuts = sorted({0, *np.flatnonzero(starts[:, k]), T})
        for begin, end in zip(cuts, cuts[1:]):
            carried = {n: v[k : k + 1] * (not starts[begin, k]) for n, v in state.items()}
            run = unroll(LSTM(M, D), params, x[begin:end, k : k + 1], carried)
            for name in "hc":
                found[name][begin:end, k] = run.sequence(name)[:, 0]
    return found["h"], found["c"]


WIPE_H, WIPE_C = "h = np.where(begins, 0.0, h)", "c = np.where(begins, 0.0, c)"
BEGINS, STEP = "begins = new[:, None]", "h, c = step(params, x_t, h, c)"
BOTH = f"        {WIPE_H}\n        {WIPE_C}\n"

EXERCISE = Code(
    title="Where one string ends",
    level="standard",
    statement=r"""Strings follow one another in a stream, and somebody tells us where each begins. Then the state can be wiped from outside: *each string is to be read as if nothing had been before it*.

`step(params, x, h, c)` is one step of an LSTM, in the starter below: from the symbols `x` $(B, M)$ and the old `h` and `c` $(B, D)$ to the new `h` and `c`. Write the run over a window of a stream:

- `x` is $(T, B, M)$: $T$ steps of $B$ streams side by side,
- `starts` is a boolean array $(T, B)$: `starts[t, k]` is `True` where the symbol `x[t, k]` is **the first of a new string**; the streams begin their strings at different steps,
- `state` is a dict of `h` and `c`, $(B, D)$ each: the state that the window before left behind. A string may well go on across the border.

Return `h` and `c` of all steps, $(T, B, D)$ each.

The example does such a thing for a memory that needs no step: a sum that begins anew.""",
    example='''def sum_since_start(x, starts, total):
    """Sums of one stream; `total` is what was carried here."""
    found = []
    for number, begins in zip(x, starts):
        total = number + (0 if begins else total)
        found.append(total)
    return found


sum_since_start([1, 2, 3, 4], [False, False, True, False], total=10)''',
    task="Now an LSTM on $B$ streams. Six to eight lines. What is wiped, in which streams, and before or after the symbol is read?",
    starter='''def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def step(params, x, h, c):
    """One step of an LSTM, given."""
    a = x @ params["W"].T + h @ params["U"].T + params["b"]
    i, f, g, o = np.split(a, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def run_stream(params, x, starts, state):
    """h and c at all steps, (T, B, D), wiped where strings begin."""
    h, c = state["h"], state["c"]
    ...
    return np.stack(all_h), np.stack(all_c)''',
    returns=("h", "c"),
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake(
            "wiped one step too late",
            "You wipe after the step: the first symbol of a string is read with what the last one"
            " left behind, and the second with nothing. The wiping comes before the symbol.",
            swap=[(BOTH, ""), ("all_c.append(c)", f"all_c.append(c)\n{BOTH.rstrip()}")],
        ),
        Mistake(
            "wiped after the step, and kept so",
            "Where a string begins, zeros come back: you wipe what the step has just made of the"
            " first symbol. Wipe before the step, then read.",
            swap=[(BOTH, ""), (STEP, f"{STEP}\n{BOTH.rstrip()}")],
        ),
        Mistake(
            "wiped one step too early",
            "You wipe before the symbol that comes before a start, so the last symbol of each"
            " string is read without its string. starts[t] belongs to x[t].",
            swap=[("zip(x, starts)", "zip(x, np.concatenate([starts[1:], starts[:1] & False]))")],
        ),
        Mistake(
            "only c wiped",
            "c is wiped and h is not. The gates hear h, so the first step still knows the last"
            " string.",
            swap=[(WIPE_H, "pass")],
        ),
        Mistake(
            "only h wiped",
            "h is wiped and c is not: the memory itself goes over into the new string.",
            swap=[(WIPE_C, "pass")],
        ),
        Mistake(
            "never wiped",
            "Nothing is ever wiped: this is a plain run over the stream.",
            swap=[(WIPE_H, "pass"), (WIPE_C, "pass")],
        ),
        Mistake(
            "all streams at once",
            "Where a string begins in one stream, the others are wiped, too. Each stream has its"
            " own starts, a row of h and c for each.",
            swap=[(BEGINS, "begins = new.any()")],
        ),
        Mistake(
            "one question for all streams",
            "`if starts[t]` asks a whole row of streams at once, some of which begin and some not."
            " Each has an answer of its own: `np.where(starts[t][:, None], 0.0, h)`, say, or a loop.",
            swap=[
                ("h = np.where(begins, 0.0, h)", "if new:\n            h, c = 0 * h, 0 * c"),
                ("        c = np.where(begins, 0.0, c)\n", ""),
            ],
        ),
        Mistake(
            "only when all begin",
            "You wipe only where strings begin in all streams at the same step. Each stream has its"
            " own starts.",
            swap=[(BEGINS, "begins = new.all()")],
        ),
        Mistake(
            "the other way around",
            "You wipe where no string begins, and keep where one does.",
            swap=[(BEGINS, "begins = ~new[:, None]")],
        ),
        Mistake(
            "the mask along the units",
            "The starts of the streams are laid along the units: new has the shape (B,), and NumPy"
            " lays it along the last axis. One more axis, (B, 1), makes rows of it.",
            swap=[(BEGINS, "begins = new")],
        ),
        Mistake(
            "back to the carried state",
            "At a start you go back to the state that came with the window. That belongs to the"
            " string before; a new one begins with zeros.",
            swap=[(WIPE_H, 'h = np.where(begins, state["h"], h)'), (WIPE_C, 'c = np.where(begins, state["c"], c)')],
        ),
        Mistake(
            "the carried state thrown away",
            "The window always begins with zeros. A string that began in the window before goes on"
            " here: its state is in `state`.",
            swap=[('h, c = state["h"], state["c"]', 'h, c = 0 * state["h"], 0 * state["c"]')],
        ),
        Mistake(
            "the carried state never wiped",
            "A start at the first step of the window is overlooked: there, too, the state is wiped"
            " before the symbol is read.",
            swap=[("zip(x, starts)", "zip(x, np.concatenate([starts[:1] & False, starts[1:]]))")],
        ),
        Mistake(
            "only the first start",
            "Each stream is wiped at its first start only. There may be several in a window.",
            swap=[("zip(x, starts)", "zip(x, starts & (np.cumsum(starts, axis=0) == 1))")],
        ),
        Mistake(
            "wiped from the first start on",
            "From its first start on a stream is wiped at every step. A string has to keep what it"
            " has read of itself.",
            swap=[("zip(x, starts)", "zip(x, np.cumsum(starts, axis=0) > 0)")],
        ),
        Mistake(
            "zeros written into what was stored",
            "The zeros appear one step too early, in the results: `h[new] = 0` changes the very"
            " array that you have put into the list the step before. Make a new one, for example"
            " with `np.where`.",
            swap=[
                (WIPE_H, "h = h if t else h.copy(); h[new] = 0"),
                (WIPE_C, "c = c if t else c.copy(); c[new] = 0"),
                ("for x_t, new in zip(x, starts):", "for t, (x_t, new) in enumerate(zip(x, starts)):"),
            ],
        ),
        Mistake(
            "the last state only",
            "You return the last h and c. All steps are wanted, (T, B, D).",
            swap=[("return np.stack(all_h), np.stack(all_c)", "return h, c")],
        ),
        Mistake(
            "h and c in the wrong order",
            "Both are right, and come back as c, h. The order here is h, c.",
            swap=[("return np.stack(all_h), np.stack(all_c)", "return np.stack(all_c), np.stack(all_h)")],
        ),
    ],
    hints=(
        "Loop over the steps, `for x_t, new in zip(x, starts)`: `new` has the shape (B,), one"
        " answer a stream. Do the wiping before you call `step`.",
        "`np.where(begins, 0.0, h)` gives a new array. For rows, `begins` needs the shape (B, 1):"
        " `new[:, None]`.",
        "h and c are both wiped. Then the step, then append both to their lists.",
    ),
    passed="A reset from outside, and it does what the forget gate had to be taught. It needs one"
    " thing that a stream does not bring along: somebody who knows where to cut.",
)
