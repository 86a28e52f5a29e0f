"""Open: a barrier that can be used again and again, tried in every order of events."""

import ast
import inspect
import operator
import textwrap
from collections import deque

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe

WRAP = 16                 # a cell, or a name, holds 0 to 15
MOST = 30_000             # states that are looked at
SHOWN = 14                # lines of what happened
NOT_AGAIN = 3             # from so many barriers on, it is the numbers that ran over
NOTHING_TOUCHED = ("A program comes through a barrier and touches no memory: what could have made "
                   "it wait, and how should the others know that it came?")
OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
             ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Eq: operator.eq,
             ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
             ast.Gt: operator.gt, ast.GtE: operator.ge}


class Unreadable(Exception):
    """The lines say something that these programs can't do; the message says what."""


class Untouched(Exception):
    """A program comes through a barrier without touching memory."""


def probes(rng):
    yield Probe("two programs", (2,), "Two programs.")
    yield Probe("three programs", (3,), "Three programs.")
    yield Probe("one program", (1,), "One program waits for nobody.")


class Lines:
    """The lines as a list of strokes, among which whoever runs them jumps.

    A stroke is ("add" | "read" | "write", line, name, cell, amount), which touches memory, or
    ("let", line, name, value), ("test", line, condition, where to go if it is false), ("go", line,
    where). Values and conditions are syntax trees without calls in them.
    """

    def __init__(self, text):
        self.strokes, self.names, self.cells, self.loops = [], [], [], []
        self.set, self.used = set(), set()
        self.lines = text.splitlines()
        try:
            tree = ast.parse(text)
        except SyntaxError as error:
            raise Unreadable(f"line {error.lineno} can't be read: {error.msg}.") from None
        for node in tree.body:
            self.statement(node)
        if both := set(self.names) & set(self.cells):
            raise Unreadable(f"`{min(both)}` is a cell, and is used as an own name as well: "
                             "memory is touched by add, read and write only.")

    def emit(self, kind, node, *rest):
        self.strokes.append([kind, node.lineno, *rest])
        return len(self.strokes) - 1

    def statement(self, node):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self.let(name, value, node)
            case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
                self.let(name, ast.BinOp(ast.Name(name, lineno=node.lineno), op, value), node)
            case ast.Expr(value=ast.Call()):
                self.plain(node.value)
                self.emit("go", node, len(self.strokes) + 1)
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                pass
            case ast.If():
                test = self.emit("test", node, self.plain(node.test), None)
                self.block(node.body)
                out = self.emit("go", node, None)
                self.strokes[test][3] = len(self.strokes)
                self.block(node.orelse)
                self.strokes[out][2] = len(self.strokes)
            case ast.While(orelse=[]):
                begin = len(self.strokes)
                test = self.emit("test", node, self.plain(node.test), None)
                self.loops.append((begin, []))
                self.block(node.body)
                self.emit("go", node, begin)
                for place in self.loops.pop()[1]:
                    self.strokes[place][2] = len(self.strokes)
                self.strokes[test][3] = len(self.strokes)
            case ast.Expr(value=ast.Yield()):
                raise Unreadable("`yield` is not needed: between any two touches the others may "
                                 "come, without a word for it.")
            case ast.Break() if self.loops:
                self.loops[-1][1].append(self.emit("go", node, None))
            case ast.Continue() if self.loops:
                self.emit("go", node, self.loops[-1][0])
            case _:
                raise self.odd(node)

    def block(self, nodes):
        for node in nodes:
            self.statement(node)

    def let(self, name, value, node):
        if name in ("n", "me"):
            raise Unreadable(f"`{name}` is given: choose another name in line {node.lineno}.")
        self.known(name)
        self.set.add(name)
        self.emit("let", node, name, self.plain(value))

    def known(self, name):
        if name not in self.names and name not in ("n", "me"):
            self.names.append(name)

    def plain(self, node):
        """The same without calls: each becomes a stroke before, and a name for what came back."""
        match node:
            case ast.Call(func=ast.Name(id="add" | "read" | "write" as kind), keywords=[],
                          args=[ast.Name(id=cell), *amount]) if len(amount) == (kind != "read"):
                amount = self.plain(amount[0]) if amount else None
                if cell not in self.cells:
                    self.cells.append(cell)
                name = f" {len(self.strokes)}"
                self.names.append(name)
                self.emit(kind, node, name, cell, amount)
                return ast.Name(name)
            case ast.Call(func=ast.Name(id="add" | "read" | "write")):
                raise Unreadable(f"{self.place(node)}: a touch is `add(cell, number)`, "
                                 "`read(cell)` or `write(cell, number)`, and a cell is a name "
                                 "without quotation marks.")
            case ast.Name(id=name):
                self.known(name)
                self.used.add(name)
                return node
            case ast.Constant(value=int()):
                return node
            case ast.BinOp(op=op) if type(op) in OPERATORS:
                return ast.BinOp(self.plain(node.left), op, self.plain(node.right))
            case ast.Compare(ops=ops) if all(type(op) in OPERATORS for op in ops):
                return ast.Compare(self.plain(node.left), ops, [*map(self.plain, node.comparators)])
            case ast.BoolOp(values=[first, *others]):
                self.untouched(*others)
                return ast.BoolOp(node.op, [*map(self.plain, (first, *others))])
            case ast.UnaryOp(op=ast.Not() | ast.USub()):
                return ast.UnaryOp(node.op, self.plain(node.operand))
            case ast.IfExp(test=test, body=body, orelse=orelse):
                self.untouched(body, orelse)
                return ast.IfExp(*map(self.plain, (test, body, orelse)))
        raise self.odd(node)

    def untouched(self, *nodes):
        if any(isinstance(inner, ast.Call) for node in nodes for inner in ast.walk(node)):
            raise Unreadable("behind `and`, `or` and beside `if ... else` in one line, memory may "
                             "be touched or not: touch it in a line of its own.")

    def never_set(self):
        """An own name that is used, and that no line sets; None where there is none."""
        return min(self.used - self.set - {"n", "me"}, default=None)

    def place(self, node):
        line = getattr(node, "lineno", 1)
        return f"line {line}, `{self.lines[line - 1].strip()}`"

    def odd(self, node):
        return Unreadable(f"{self.place(node)}, says something that these programs can't do: "
                          "`add(cell, number)`, `read(cell)`, `write(cell, number)`, own names, "
                          "if, while and whole numbers are all there is.")


class Race:
    """So many programs that run the same lines, in every order that there is."""

    def __init__(self, text, n):
        self.lines, self.n = Lines(text), n
        self.place = {name: k for k, name in enumerate(self.lines.names)}
        self.cell = {name: k for k, name in enumerate(self.lines.cells)}

    def value(self, node, own, me):
        look = lambda inner: self.value(inner, own, me)
        match node:
            case ast.Constant():
                return int(node.value)
            case ast.Name(id="n"):
                return self.n
            case ast.Name(id="me"):
                return me
            case ast.Name(id=name):
                return own[self.place[name]]
            case ast.BinOp():
                try:
                    return OPERATORS[type(node.op)](look(node.left), look(node.right))
                except ZeroDivisionError:
                    raise Unreadable("something is divided by zero.") from None
            case ast.Compare():
                sides = [look(node.left), *map(look, node.comparators)]
                return all(OPERATORS[type(op)](*pair)
                           for op, pair in zip(node.ops, zip(sides, sides[1:])))
            case ast.BoolOp(op=ast.And()):
                return all(map(look, node.values))
            case ast.BoolOp():
                return any(map(look, node.values))
            case ast.IfExp():
                return look(node.body) if look(node.test) else look(node.orelse)
            case ast.UnaryOp(op=ast.Not()):
                return not look(node.operand)
            case ast.UnaryOp():
                return -look(node.operand)

    def onward(self, at, own, me):
        """From a place to the next stroke that touches memory, or to the end (None)."""
        own = list(own)
        for _ in range(1000):
            if at == len(self.lines.strokes):
                return None, self.forgotten(own)
            kind, _, *rest = self.lines.strokes[at]
            if kind == "let":
                own[self.place[rest[0]]] = self.value(rest[1], own, me) % WRAP
                at += 1
            elif kind == "test":
                at = at + 1 if self.value(rest[0], own, me) else rest[1]
            elif kind == "go":
                at = rest[0]
            else:
                return at, tuple(own)
            own = self.forgotten(own)
        raise Unreadable("there is a loop that never touches memory. Own names are seen by their "
                         "program alone, so that nobody else can end it.")

    def come(self, own, me):
        """From the beginning of the lines to the first stroke that touches memory."""
        at, own = self.onward(0, own, me)
        if at is None:
            raise Untouched
        return at, own

    def forgotten(self, own):
        """What came back from memory has been used."""
        return [0 if name[0] == " " else value for name, value in zip(self.lines.names, own)]

    def first(self):
        """All cells and names are 0, and nobody has come to the first barrier."""
        programs = []
        for me in range(self.n):
            at, own = self.come([0] * len(self.place), me)
            programs.append((at, tuple(own), 0, False))
        return (0,) * len(self.cell), tuple(programs)

    def move(self, state, me):
        """The state after one stroke of one program, what happened, and who is missing.

        A program is (place, names, barriers left behind, has it come to the next).
        """
        memory, programs = list(state[0]), list(state[1])
        at, own, left, _ = programs[me]
        kind, line, name, cell, amount = self.lines.strokes[at]
        before = memory[self.cell[cell]]
        if kind != "read":
            given = self.value(amount, own, me)
            memory[self.cell[cell]] = (before * (kind == "add") + given) % WRAP
        own = list(own)
        own[self.place[name]] = before
        event = (me, kind, line, cell, before, memory[self.cell[cell]], left)
        at, own = self.onward(at + 1, own, me)
        missing = None
        if at is None:
            missing = next((other for other in range(self.n) if other != me and (
                programs[other][2] < left                      # still in a barrier before
                or programs[other][2] == left and not programs[other][3])), None)
            at, own = self.come(own, me)
            programs[me] = at, tuple(own), left + 1, False
        else:
            programs[me] = at, tuple(own), left, True
        behind = min(program[2] for program in programs)
        programs = tuple((at, own, left - behind, come) for at, own, left, come in programs)
        return (tuple(memory), programs), event, missing, behind

    def explore(self):
        """None if nothing can go wrong; else the kind of what does, and the way to it."""
        start = self.first()
        came, ahead, back, queue = {start: None}, set(), {}, deque([start])
        while queue:
            state = queue.popleft()
            for me in range(self.n):
                after, event, missing, behind = self.move(state, me)
                if missing is not None:
                    return "early", [*self.way(came, state), (state, event, behind)], missing
                if behind:
                    ahead.add(state)
                back.setdefault(after, []).append(state)
                if after not in came:
                    came[after] = state, event, behind
                    queue.append(after)
            if len(came) > MOST:
                raise Unreadable(f"{self.n} programs get into more than {MOST:,} different states. "
                                 "Do with fewer names and cells.")
        goes_on, queue = set(ahead), deque(ahead)
        while queue:
            for before in back.get(queue.popleft(), ()):
                if before not in goes_on:
                    goes_on.add(before)
                    queue.append(before)
        stuck = next((state for state in came if state not in goes_on), None)
        if stuck:
            rest, last = self.ending(stuck)
            return "stuck", self.way(came, stuck) + rest, last

    def ending(self, state):
        """From a state in which it is too late to where all turn in circles."""
        seen, way, found = {state}, [], True
        while found and len(way) < 60:
            found = False
            for me in range(self.n):
                after, event, _, behind = self.move(state, me)
                if after not in seen:
                    way.append((state, event, behind))
                    seen.add(after)
                    state, found = after, True
        return way, state

    def way(self, came, state):
        """[(state before, event, did all leave a barrier)] from the start on."""
        found = []
        while came[state]:
            before, event, behind = came[state]
            found.insert(0, (before, event, behind))
            state = before
        return found

    def would_leave(self, state, me):
        """Would this program come through, if it alone went on from here?"""
        left, gone = state[1][me][2], 0
        for _ in range(40):
            state, _, _, behind = self.move(state, me)
            gone += behind
            if state[1][me][2] + gone > left:
                return True
        return False


def verify(args, got):
    """None if no order of events breaks the barrier; else what goes wrong in the shortest one."""
    (n,) = args
    if isinstance(got, np.ndarray) and got.dtype.kind == "U" and got.ndim == 1:
        got = "\n".join(got)
    if not isinstance(got, str):
        return "Return the lines as one text."
    if len(got) > 2000:
        return "These are more than 2,000 letters. A barrier takes a few lines."
    try:
        race = Race(cleaned(got), n)
        found = race.explore()
    except Unreadable as odd:
        return f"Your lines: {odd}"
    except Untouched:
        return None if n == 1 else NOTHING_TOUCHED
    if found and (name := race.lines.never_set()):
        return (f"Your lines: `{name}` is used, and no line sets it, so that it is 0 for ever. Is "
                "it `n` or `me`, or a cell, which has to be read?")
    return found and (named(race, *found), told(race, *found))


def cleaned(text):
    """The text without the margin that it has inside a function, and without empty lines."""
    filled = "\n".join(row for row in text.expandtabs(4).splitlines() if row.strip())
    plain, begun_at_the_quotes = textwrap.dedent(filled), inspect.cleandoc(filled)
    return plain if readable(plain) or not readable(begun_at_the_quotes) else begun_at_the_quotes


def readable(text):
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def named(race, kind, way, last):
    """Which known mistake it is."""
    turns = sum(behind for _, _, behind in way)
    if turns >= NOT_AGAIN:
        return "it works until the numbers run over"
    if kind == "early":
        first = way[-1][1][-1] + passed_before(way) == 0
        return "somebody goes on too soon" if first else "it works once"
    rounds = [event[-1] + passed_before(way[:k + 1]) for k, (_, event, _) in enumerate(way)]
    for k, (_, (me, stroke, _, cell, *_), _) in enumerate(way):
        if stroke == "write":
            seen = max((j for j in range(k) if way[j][1][0] == me and way[j][1][3] == cell),
                       default=-1)
            others = [j for j in range(seen + 1, k) if way[j][1][3] == cell
                      and way[j][1][4] != way[j][1][5] and rounds[j] >= rounds[k]]
            if others:
                read = seen >= 0 and way[seen][1][1] == "read" and rounds[others[-1]] == rounds[k]
                return ("an arrival is lost between a read and a write" if read
                        else "an arrival is wiped out")
    if turns:
        return "it works once"
    least = [me for me in range(race.n) if last[1][me][2] == 0]
    if len(least) == race.n:
        return "nobody opens the door"
    for me in least:
        changed = max((k for k, (_, event, _) in enumerate(way) if event[0] == me
                       and (event[1] != "read" or names_changed(way, k, last))), default=0)
        states = [state for state, _, _ in way[changed + 1:]] + [last]
        if any(race.would_leave(state, me) for state in states):
            return "the door shuts again too soon"
    return "asked too late which turn it is"


def passed_before(way):
    """How many barriers all had left before the last event."""
    return sum(behind for _, _, behind in way[:-1])


def names_changed(way, k, last):
    """Did the k-th event give its program something to remember?"""
    me = way[k][1][0]
    after = way[k + 1][0] if k + 1 < len(way) else last
    return way[k][0][1][me][1] != after[1][me][1]


def told(race, kind, way, last):
    """The shortest order of events in which it goes wrong, as a table."""
    rows = []
    for _, (me, stroke, line, cell, before, after, _), _ in way:
        seen = f"{cell} is {before}" if before == after else f"{cell}: {before} → {after}"
        rows.append(f"program {me}, line {line}: {race.lines.lines[line - 1].strip():34} {seen}")
    if len(rows) > SHOWN:
        rows[:-SHOWN] = [f"... {len(rows) - SHOWN} touches before these"]
    if kind == "early":
        rows.append(f"Now program {way[-1][1][0]} goes on, and program {last} has not come.")
    else:
        where = [f"program {me} in line {race.lines.strokes[at][1]}"
                 for me, (at, *_) in enumerate(last[1])]
        rows.append(f"And so for ever: {', '.join(where)}.")
    return "\n".join(rows)


WAIT = "    else:\n        while read(turn) == mine:\n            pass\n"
ASK, COME = "    mine = read(turn)\n", "add(count, 1) == n - 1"
RESET, OPEN = "        write(count, 0)\n", "        add(turn, 1)\n"

EXERCISE = Code(
    title="A barrier that can be used again",
    level="open",
    statement=r"""$n$ programs hold a share of a recurrent network each. After every step each needs the whole new state, and so they wait for one another: nobody begins the next step before all have finished this one. The place where they wait is a *barrier*. You write it. It is used again and again, step after step, without an end.

What the programs share is memory: cells, with any names you like, each of which holds a whole number from 0 to 15. After 15 comes 0, for a cell has four bits here. (On a GPU it has 32, and they run over as well, later.) There are three ways to touch a cell, and nothing comes between the beginning and the end of one touch:

| touch | what it does |
|---|---|
| `add(cell, number)` | adds to the cell, and gives what was in it **before** |
| `read(cell)` | gives what is in it |
| `write(cell, number)` | puts a number into it |

All programs run the same lines, in Python's writing: own names with `=`, whole numbers with `+ - * // %` and comparisons, `and`, `or`, `not`, `if`, `elif`, `else`, `while`, `break`, `pass`. `n` is the number of programs, and `me` the number of the one that runs the lines, from 0 to `n - 1`; you may do without it. All cells and all own names are 0 at first; own names hold 0 to 15 as well (after `d = 3 - 5`, `d` is 14), and keep their number from one barrier to the next. There is no other clock: between two touches of a program the others may do anything or nothing, for any length of time, and a program that has gone on may be back at the barrier at once.

Here are lines that do it once. At the second step `count` is $n$ already, and nobody waits:

```python
add(count, 1)
while read(count) < n:
    pass
```

The check tries *every* order of events, for two programs, for three, and for one, and shows the shortest in which somebody goes on before all have come, or can never go on.

The example shows what one order of events can do: two programs add 1 to a cell, by a read and a write.""",
    example='''def program(cells):
    old = cells["count"]               # read
    yield                              # here the other one may come
    cells["count"] = old + 1           # write
    yield


for order in ((0, 0, 1, 1), (0, 1, 0, 1)):
    cells = {"count": 0}
    programs = [program(cells), program(cells)]
    for who in order:
        next(programs[who])
    print(order, cells)''',
    task="Give `lines` the text of such lines, in triple quotation marks. `n` and `me` stand in it "
         "as they are. Three to eight lines; several ways are right.",
    starter='''def barrier(n):
    """The lines that each of n programs runs after every step."""
    ...
    return lines''',
    returns="lines",
    probes=probes,
    verify=verify,
    mistakes=[
        Mistake("somebody goes on too soon",
                "A program leaves the first barrier before all have come: it would read a state of "
                "which a part is stale. Which one is the last to come, and what does `add` give "
                "it?",
                swap=[("== n - 1", ">= n - 2")]),
        Mistake("it works once",
                "The first barrier holds. At the second, what the first has left in the cells is "
                "in the way: somebody does not wait, or nobody can ever go on. One program has to "
                "set it back, once; or the next barrier has to go on from there.",
                source='''def barrier(n):
    return "add(count, 1)\\nwhile read(count) < n: pass"'''),
        Mistake("it works until the numbers run over",
                "It goes well step after step, until a number passes 15 and begins at 0 again. A "
                "number that only grows needs a comparison that does not mind; or let it go to and "
                "fro.",
                source='''def barrier(n):
    return "due = due + n\\nadd(count, 1)\\nwhile read(count) < due: pass"'''),
        Mistake("an arrival is lost between a read and a write",
                "Two programs read the same number, and both write one more: an arrival is lost, "
                "and all wait for somebody who has long been there, a deadlock. Counting has to be "
                "one touch.",
                swap=[("    " + "if " + COME, "    old = read(count)\n    write(count, old + 1)\n"
                       "    if old == n - 1")]),
        Mistake("an arrival is wiped out",
                "A cell is set by somebody who does not know that it has changed: somebody quick, "
                "mostly one of the *next* step, has come there already, and that arrival is wiped "
                "out. First put everything in order, and only then let the others go.",
                swap=[(RESET + OPEN, OPEN + RESET)]),
        Mistake("the door shuts again too soon",
                "A program may look away for a long time. Here the sign that it waits for comes "
                "and goes: somebody quick has changed the cell again, on the way out or at the "
                "next barrier. The slow one has lost a round. The sign must stay until all have "
                "seen it.",
                swap=[(ASK, ""), (OPEN, ""), ("read(turn) == mine", "read(count) != 0")]),
        Mistake("asked too late which turn it is",
                "A program comes, and only then looks what it is to see change. In between the "
                "last one may have come and changed it: the slow one waits for a change that has "
                "been. Look first, then come.",
                swap=[(ASK, ""), ("    else:\n", "    else:\n        mine = read(turn)\n")]),
        Mistake("nobody opens the door",
                "All have come to the first barrier, and all wait: a deadlock. Does anybody's "
                "condition ever come true? `add` gives what was there *before*.",
                swap=[("== n - 1", "== n")]),
    ],
    hints=(
        "Whoever comes last can tell by what `add` gives back. It alone does not wait: it sets the "
        "count back, and tells the others. How, so that they can't miss it, and can't take it for "
        "the next step's?",
        "Take a second cell, the number of the turn, which the last one changes. The others wait "
        "until it is no longer what it was. It stays changed until they all have come again.",
        "In this order: remember the turn; come, by add(count, 1); if that gives n - 1, write 0 "
        "into count and then add 1 to turn; else read turn until it differs from what you "
        "remember.",
    ),
    passed="Tried in every order of events, for as many steps as you like, with numbers that run "
           "over: nobody goes on too soon, and nobody is left behind. This is what the programs of "
           "a persistent kernel do after every step. (On a GPU one thing more is needed: that what "
           "was written before the barrier is seen behind it. There `add` says so, by *release* "
           "and *acquire*.)",
)
