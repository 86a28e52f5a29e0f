"""Weights by hand: a network that multiplies by k, digit by digit."""

import math

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe

UNITS = 200
NAMES = ("W", "U", "b", "V", "b_y")


def probes(rng):
    yield Probe("times 3", (3,), "Times 3 needs a carry of up to 2.", {"k": 3})
    yield Probe("times 2", (2,), "Times 2 writes what was read a step before.", {"k": 2})
    yield Probe("times 1", (1,), "Times 1 writes what it reads: nothing is ever carried.", {"k": 1})
    for k in (4, 5, int(rng.integers(6, 10))):
        yield Probe(f"times {k}", (k,), f"Times {k} needs a carry of up to {k - 1}.", {"k": k})


def written(W, U, b, V, b_y, digits):
    """What the network writes, (T, B), from digits (T, B)."""
    h, out = np.zeros((digits.shape[1], len(b))), []
    for x in digits:
        h = np.maximum(x[:, None] @ W.T + h @ U.T + b, 0)
        out.append((h @ V.T + b_y)[:, 0])
    return np.array(out)


def grows(weights):
    """Does the state get larger and larger while ones are read?"""
    W, U, b, _, _ = weights
    h, sizes = np.zeros(len(b)), []
    for _ in range(96):
        h = np.maximum(W[:, 0] + U @ h + b, 0)
        sizes.append(np.abs(h).max())
    return sizes[95] > sizes[63] + 1 > sizes[31] + 2


def _digits(number, count):
    return np.array([(number >> t) & 1 for t in range(count)], dtype=float)


def _machine(k, digits, carry_of, digit_of):
    """What a machine with this rule for the carry and the digit writes."""
    carry, out = np.zeros(digits.shape[1]), []
    for x in digits:
        total = k * x + carry
        out.append(digit_of(total, carry))
        carry = carry_of(total)
    return np.array(out)


def verify(args, got):
    k, = args
    for name, value in got.items():
        if not isinstance(value, np.ndarray) or value.dtype.kind not in "biuf":
            return f"`{name}` should be an array of real numbers, or a list of rows of one length."
    D = got["b"].size
    right = {"W": (D, 1), "U": (D, D), "b": (D,), "V": (1, D), "b_y": (1,)}
    letters = {"W": "(D, 1)", "U": "(D, D)", "b": "(D,)", "V": "(1, D)", "b_y": "(1,)"}
    for name, value in got.items():
        if value.size != math.prod(right[name]) or name == "U" and value.ndim != 2:
            return (f"`{name}` has shape {value.shape}, expected {letters[name]}, where D is the "
                    f"number of entries of b; that is {D} here.")
    if not 1 <= D <= UNITS:
        return f"Your network has {D} units; 1 to {UNITS} are allowed."
    weights = [got[name].astype(float).reshape(right[name]) for name in NAMES]
    if not all(np.isfinite(value).all() for value in weights):
        return "There are NaN or infinities among the weights."
    numbers = range(256)
    T = (255 * k).bit_length() + 1
    digits = np.stack([_digits(n, T) for n in numbers], axis=1)
    due = np.stack([_digits(k * n, T) for n in numbers], axis=1)
    with np.errstate(all="ignore"):
        out = written(*weights, digits)
        if np.abs(out - due).max() < 0.01:
            return _for_long(k, weights)
        return _named(k, digits, due, out, weights) or _first_failure(k, digits, due, out)


def _for_long(k, weights):
    """A thousand digits: does a small error grow?"""
    bits = np.random.default_rng(k).integers(0, 2, size=1000)
    bits[-8:] = 0
    number = int("".join(map(str, bits[::-1])), 2)
    out = written(*weights, bits[:, None].astype(float))[:, 0]
    wrong = np.flatnonzero(~(np.abs(out - _digits(k * number, 1000)) < 0.01))
    if wrong.size:
        return ("All numbers up to 255 come out right. In one of a thousand digits the digit at "
                f"place {wrong[0] + 1} is off by more than 0.01: small errors add up. Whole "
                "numbers as weights would stay exact.")
    return None


def _named(k, digits, due, out, weights):
    """The name of the mistake that writes just this."""
    W, U, b, V, b_y = weights
    same = lambda other: np.abs(out - other).max() < 0.01
    half, odd = (lambda s: s // 2), (lambda s: s % 2)
    repaired = lambda *ws: np.abs(written(*ws, digits) - due).max() < 0.01
    if repaired(W, U.T, b, V, b_y):
        return "U on its side"
    if repaired(W, U, -b, V, b_y):
        return "biases of the wrong sign"
    for more in (1.0, -1.0):
        if repaired(W, U, b + more, V, b_y):
            return "the thresholds one off"
    if b_y.any() and repaired(W, U, b, V, 0 * b_y):
        return "a bias in the read-out"
    if repaired(k * W, U, b, V, b_y):
        return "the digit not taken k times"
    if grows(weights):
        return "a carry without a limit"
    if same(_machine(k, digits, lambda s: 0 * s, lambda s, c: odd(s))):
        return "nothing is carried"
    if same(_machine(k, digits, half, lambda s, c: s)):
        return "the whole sum is written"
    if same(_machine(k, digits, lambda s: s / 2, lambda s, c: s)):
        return "half, and not rounded down"
    three = lambda s: np.minimum(s, 1) - np.clip(s - 1, 0, 1) + np.maximum(s - 2, 0)
    if k > 2 and same(_machine(k, digits, half, lambda s, c: three(s))):
        return "digits up to three"
    if same(_machine(k, digits, half, lambda s, c: half(s))):
        return "the carry is written"
    if k > 2 and same(_machine(k, digits, lambda s: np.minimum(half(s), 1), lambda s, c: odd(s))):
        return "a carry of at most one"
    if same(_machine(k, digits, lambda s: odd(s), lambda s, c: odd(s))):
        return "the digit is carried"
    for steps in (1, 2):
        late = np.vstack([np.zeros_like(due[:steps]), due[:-steps]])
        if same(late):
            return "written too late"
    return None


def _first_failure(k, digits, due, out):
    n = int(np.flatnonzero((~(np.abs(out - due) < 0.01)).any(axis=0))[0])
    shown = max((k * n).bit_length(), 1) + 1
    row = lambda values: " ".join(f"{v:.4g}".replace("-", "−") for v in values[:shown, n])
    return (f"{k} times {n}: it reads {row(digits)} (lowest digit first), and should write "
            f"{row(due)}, that is {k * n}. It writes {row(out)}.")


EXERCISE = Code(
    title="A network that multiplies",
    level="open",
    statement=r"""
A recurrent network with a rectifier, started from $h_0 = 0$,

$$ \begin{aligned} h_t &= \max(0,\; W x_t + U h_{t-1} + b) \\ \hat y_t &= V h_t + b_y, \end{aligned} $$

reads a binary number, one digit a step, **lowest digit first**, followed by zeros. It is to write
the digits of $k$ times that number, one a step, lowest first as well: with $k = 3$ it reads 1 1 0 0
(three) and writes 1 0 0 1 (nine). No training: you set the weights.

How one does it on paper: at each step add $k$ times the digit to what is carried,
$s = k x + \text{carry}$. Write the last binary digit of $s$, and carry half of $s$, rounded down.
If the carry is at most $k - 1$, then $s \le 2k - 1$, and the new carry is at most $k - 1$ again: it
never gets larger.

Write a function that gets `k`, from 1 to 9, and returns the five arrays, in the order `W` (D, 1),
`U` (D, D), `b` (D,), `V` (1, D), `b_y` (1,). The number $D$ of units is yours (at most 200). A
written digit is right if it is within 0.01 of 0 or 1. Your network is run on all numbers up to 255
and on one of a thousand digits. There are many right answers.
""",
    example='''
def run(weights, digits):
    """What a network writes, for digits with the lowest first."""
    W, U, b, V, b_y = (np.array(each, dtype=float) for each in weights)
    h, written = np.zeros(len(b)), []
    for x in digits:
        h = np.maximum(W @ np.atleast_1d(x) + U @ h + b, 0)
        written.append((V @ h + b_y).item())
    return written


# Another machine adds two numbers: s = first + second + carry is 0, 1, 2 or
# 3. Three units say how far it goes: max(s, 0), max(s - 1, 0), max(s - 2, 0).
carry = [0.0, 1.0, -1.0]         # of s = 0, 1, 2, 3 this makes 0, 0, 1, 1
digit = [1.0, -2.0, 2.0]         # and this 0, 1, 0, 1
adder = [[1.0, 1.0]] * 3, [carry] * 3, [0.0, -1.0, -2.0], [digit], [0.0]
run(adder, [(1, 0), (1, 1), (0, 1), (0, 0), (0, 0)])    # 3 + 6 = 9
''',
    task="Write the weights that multiply by k. `run(times(3), [1, 1, 0, 0])` tries your network.",
    starter='''
def times(k):
    """W, U, b, V, b_y of a network that multiplies by k."""
    ...
    return W, U, b, V, b_y
''',
    returns=NAMES,
    probes=probes,
    verify=verify,
    mistakes=[
        Mistake("nothing is carried",
                "Each digit comes out as if it stood alone: the network has no memory, or makes "
                "nothing of it. The carry of one step has to enter the sum of the next, through U.",
                swap=[("np.tile(carry, (D, 1))", "np.zeros((D, D))")]),
        Mistake("the whole sum is written",
                "It writes s itself, 2 or more at times. A digit is 0 or 1: the last binary digit "
                "of s.",
                swap=[("V = digit[None]", "V = np.eye(1, D)")]),
        Mistake("half, and not rounded down",
                "It carries half of s, fractions and all, and writes s. Rounding down takes units "
                "that wake up one after the other, as s grows.",
                source='''
def times(k):
    return [[k]], [[0.5]], [0.0], [[1.0]], [0.0]
'''),
        Mistake("digits up to three",
                "V writes the last digit of s as long as s is at most 3, which is enough for an "
                "addition. Here s goes up to 2k − 1: how does the pattern go on?",
                source='''
def times(k):
    D = 2 * k - 1
    carry = np.array([0.0] + [1.0, -1.0] * (k - 1))
    digit = np.array([1.0, -2.0, 2.0] + [0.0] * D)[:D]
    return k * np.ones((D, 1)), np.tile(carry, (D, 1)), -np.arange(D), digit[None], np.zeros(1)
'''),
        Mistake("a carry without a limit",
                "Feed it ones, and its state grows with every step. Perhaps it carries the whole "
                "of s, or more than half of it: half of s, rounded down, never gets beyond k − 1.",
                swap=[("np.tile(carry, (D, 1))", "np.tile(np.eye(1, D), (D, 1))")]),
        Mistake("the carry is written",
                "The digits written are the carries: V reads half of s, rounded down, where it "
                "should read the last digit of s.",
                swap=[("V = digit[None]", "V = carry[None]")]),
        Mistake("a carry of at most one",
                "It carries 1 at most, as in an addition. Times k the carry may be anything up to "
                "k − 1: how far must the units count?",
                source='''
def times(k):
    D = 2 * k - 1
    carry = np.array([0.0, 1.0, -1.0] + [0.0] * D)[:D]
    digit = np.array([1.0, -2.0] + [2.0, -2.0] * D)[:D]
    return k * np.ones((D, 1)), np.tile(carry, (D, 1)), -np.arange(D), digit[None], np.zeros(1)
'''),
        Mistake("the digit is carried",
                "What goes on to the next step is the digit that was written. It should be the "
                "other part of s, its half, rounded down.",
                swap=[("np.tile(carry, (D, 1))", "np.tile(digit, (D, 1))")]),
        Mistake("written too late",
                "All digits are right, but they come late. The digit for the input at step t is "
                "written at step t: V reads the new state.",
                source='''
def times(k):
    W, U, b, V, b_y = _right(k)
    D = len(b)
    later = np.zeros((D + 1, D + 1))
    later[:D, :D], later[D, :D] = U, V
    return np.append(W, [[0.0]], axis=0), later, np.append(b, 0.0), np.eye(1, D + 1, D), b_y


def _right(k):
    D = 2 * k - 1
    carry = np.array([0.0] + [1.0, -1.0] * (k - 1))
    digit = np.array([1.0] + [-2.0, 2.0] * (k - 1))
    return k * np.ones((D, 1)), np.tile(carry, (D, 1)), -np.arange(D), digit[None], np.zeros(1)
'''),
        Mistake("U on its side",
                "With U transposed your network is right. Row i of U is what unit i hears, so that "
                "the same carry has to stand in every row, not in every column.",
                swap=[("np.tile(carry, (D, 1))", "np.tile(carry, (D, 1)).T")]),
        Mistake("biases of the wrong sign",
                "With −b in place of b your network is right. A unit that is to wake up beyond a "
                "threshold gets the threshold with a minus as its bias.",
                swap=[("b = -np.arange(D)", "b = np.arange(D)")]),
        Mistake("the thresholds one off",
                "With all biases moved by 1 your network is right: the thresholds begin at 0, not "
                "at 1 (or at −1).",
                swap=[("b = -np.arange(D)", "b = -np.arange(1, D + 1)")]),
        Mistake("a bias in the read-out",
                "With b_y = 0 your network is right: nothing read and nothing carried writes 0.",
                swap=[("np.zeros(1)", "np.ones(1)")]),
        Mistake("the digit not taken k times",
                "With W multiplied by k your network is right: each digit enters the sum k times.",
                swap=[("W = k * ", "W = ")]),
    ],
    hints=(
        "Units can say how far s = k x + carry reaches: max(s, 0), max(s − 1, 0), max(s − 2, 0) "
        "and so on. They all hear the same s; only their biases differ. How many do you need if s "
        "is at most 2k − 1?",
        "A sum of such units is a zigzag line over s: each unit changes the slope at its threshold "
        "by its weight. Half of s, rounded down, has the slopes 0, 1, 0, 1 ...; the last digit of "
        "s has 1, −1, 1, −1 ... What are the changes of slope?",
        "carry = 0, 1, −1, 1, −1 ... and digit = 1, −2, 2, −2, 2 ..., 2k − 1 entries each. Every "
        "row of U is carry, V is digit, the biases are 0, −1, −2 ..., and W is k in each row.",
    ),
    passed="Weights set by hand, and exact for any length: a finite automaton in a recurrent "
           "network. It counts only as far as the carry can go, k − 1, and so its state never "
           "grows.",
)
