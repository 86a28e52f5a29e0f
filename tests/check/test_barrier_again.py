"""The exercise on barriers tries every order of events: what it says of barriers known to be right
or wrong, in forms other than the solution's."""

import pytest

from lstmlib.check.exercises.gpu.barrier_again import verify

RIGHT = {
    "a sense that turns": """
        sense = 1 - sense
        if add(count, 1) == n - 1:
            write(count, 0)
            write(flag, sense)
        else:
            while read(flag) != sense: pass""",
    "one number that only grows, modulo 16": """
        due = (due + n) % 16
        add(count, 1)
        while (read(count) - due) % 16 >= 8: pass""",
    "a master": """
        go = (go + 1) % 16
        if me == 0:
            while read(count) != n - 1: pass
            write(count, 0)
            write(turn, go)
        else:
            add(count, 1)
            while read(turn) != go: pass""",
    "the top bit, as in cooperative groups": """
        old = add(bar, 8 - (n - 1) if me == 0 else 1)
        while old // 8 == read(bar) // 8: pass""",
    "a loop left by break": """
        mine = read(turn)
        if add(count, 1) == n - 1:
            write(count, 0)
            add(turn, 1)
        while True:
            if read(turn) != mine:
                break""",
    "a text that begins right at the quotes": """mine = read(turn)

        if add(count, 1) == n - 1:
            add(count, -n)              # back to 0
            add(turn, 1)
        else:
            while read(turn) == mine: pass""",
    "a flag of one's own": """
        mine += 1
        if me == 0: write(a, mine)
        elif me == 1: write(b, mine)
        else: write(c, mine)
        if n > 1:
            while (read(a) - mine) % 16 > 8: pass
            while (read(b) - mine) % 16 > 8: pass
        if n > 2:
            while (read(c) - mine) % 16 > 8: pass""",
    "lines that touch nothing where one program is alone": """
        if n > 1:
            mine = read(turn)
            if add(count, 1) == n - 1:
                write(count, 0)
                add(turn, 1)
            else:
                while read(turn) == mine: pass""",
}
WRONG = {
    "add(count, 1)": "somebody goes on too soon",
    "mine = read(turn)\nif add(count, 1) == n - 1: add(turn, 1)\n"
    "else:\n    while read(turn) == mine: pass": "it works once",
    "due = due + n\nadd(count, 1)\nwhile read(count) != due: pass": "the door shuts again too soon",
    "old = add(count, 1)\nwhile read(count) // n == old // n: pass":
        "it works until the numbers run over",
    "k = 1 - k\nif k == 1:\n    add(a, 1)\n    while read(a) < n: pass\n    write(b, 0)\n"
    "else:\n    add(b, 1)\n    while read(b) < n: pass\n    write(a, 0)": "an arrival is wiped out",
    "mine = read(turn)\nold = read(count)\nold += 1\nwrite(count, old)\nif old == n:\n"
    "    write(count, 0)\n    add(turn, 1)\nelse:\n    while read(turn) == mine: pass":
        "an arrival is lost between a read and a write",
    # Who is quick overtakes who is still in the barrier before.
    "add(count, 1)\nwhile read(count) < n: pass\nif me == 0: write(count, 0)": "it works once",
    "if add(count, 1) == n - 1: write(count, 0)\nwhile read(count) != 0: pass":
        "the door shuts again too soon",
    "old = add(count, 1)\nmine = read(turn)\nif old == n - 1:\n    write(count, 0)\n"
    "    add(turn, 1)\nelse:\n    while read(turn) == mine: pass": "asked too late which turn it is",
    "while read(count) < n: pass\nadd(count, 1)": "nobody opens the door",
}


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("name", RIGHT)
def test_right_in_every_order_of_events(name, n):
    assert verify((n,), RIGHT[name]) is None


@pytest.mark.parametrize("lines", WRONG)
def test_wrong_in_some_order_of_events_and_named(lines):
    said = next(filter(None, (verify((n,), lines) for n in (2, 3))))
    assert (said if isinstance(said, str) else said[0]) == WRONG[lines]


@pytest.mark.parametrize("lines, says", [
    ("import os", "can't do"), ("x = (", "can't be read"), ("while 1: pass", "never touches memory"),
    ("x = 1 // add(c, 1)", "divided by zero"), ("turn = 1\nadd(turn, 1)", "is a cell"),
    ("n = 3", "is given"), ("x = a and add(c, 1)", "line of its own"), ("add(c)", "a touch is"),
    ("add('c', 1)", "quotation marks"), ("add(c, 1)\nyield", "`yield` is not needed"),
    ("pass", "touches no memory"), ("if me == 0:\n    while read(a) == 0: pass", "touches no memory"),
    ("k += 1\nif k < 3:\n    add(a, 1)\n    while read(a) < n * k: pass", "touches no memory"),
    ("while read(count) < m: pass", "`m` is used"), ("return 1", "can't do"),
    ("k = add(a, 1)\nj = add(b, 3)\nl = add(c, k)\nm = add(d, j)\nold = add(bar, 9 - n if me == 0 "
     "else 1)\nwhile old // 8 == read(bar) // 8: pass", "different states"),
])
def test_what_cannot_be_run_is_said_to_be_so(lines, says):
    said = verify((2,), lines)
    assert says in (said if isinstance(said, str) else said[0])
