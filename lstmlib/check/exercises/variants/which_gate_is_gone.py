"""A cell in a box: which of the variants is it? The answer experiments."""

import inspect

import cloudpickle
import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe

NAMES = ("peephole", "nig", "nfg", "cifg", "nog", "niaf", "noaf")

# Stands as text, so that a box travels whole into the process of the answer, which may not read
# this file.
SOURCE = '''
import math

def boxed(kind, bias, seen):
    def sigmoid(a):
        return (1 + math.tanh(a / 2)) / 2

    def step(a_i, a_f, a_g, a_o, c):
        """The new h and c of one unit, from its four pre-activations and the old c."""
        a_i, a_f, a_g, a_o, c = map(float, (a_i, a_f, a_g, a_o, c))
        i = 1.0 if kind == 1 else sigmoid(a_i + bias[0] + seen[0] * c)
        f = 1.0 if kind == 2 else 1 - i if kind == 3 else sigmoid(a_f + bias[1] + seen[1] * c)
        g = a_g + bias[2]
        c = f * c + i * (g if kind == 5 else math.tanh(g))
        o = 1.0 if kind == 4 else sigmoid(a_o + bias[3] + seen[2] * c)
        return o * (c if kind == 6 else math.tanh(c)), c

    return step
'''


class Box:
    """One unit of a variant, by its number in NAMES. Its copies are plain functions."""

    def __init__(self, kind, bias, seen):
        space = {"__name__": "box"}
        exec(SOURCE, space)
        self.step = space["boxed"](kind, tuple(bias), tuple(seen))

    def __reduce__(self):
        return cloudpickle.loads, (cloudpickle.dumps(self.step),)

    def __repr__(self):
        return "a box: step(a_i, a_f, a_g, a_o, c) -> h, c"


def probes(rng):
    def probe(name, kind, bias, seen, says):
        return Probe(name, (Box(kind, bias, seen),), says)

    for place, kind in enumerate(rng.permutation(7), 1):
        yield probe(f"bare box {place}", int(kind), np.zeros(4), np.zeros(3),
                    "This box adds nothing of its own to what you set. Ask of each piece of the"
                    " cell: what would I see if it were there, and what if it were not?")
    for place, kind in enumerate(rng.permutation(7), 8):
        yield probe(f"box {place}", int(kind), rng.uniform(-2, 2, 4),
                    rng.uniform(-0.5, 0.5, 3),
                    "This box adds biases and peepholes that you don't know. Set a gate so far to"
                    " one side that they can't matter, and ask what comes out.")
    sides = 2 * rng.integers(2, size=7) - 1
    for place, (kind, side) in enumerate(zip(rng.permutation(7), sides), 15):
        yield probe(f"box {place} at the limits", int(kind),
                    side * np.array([2.0, -2, 2, -2]), np.array([-0.5, 0.5, 0.5]),
                    "This box adds biases of 2 or -2 and peepholes of 0.5 or -0.5, which is the"
                    " most that it may.")


def reference(step):
    """What the box was made of."""
    return NAMES[inspect.getclosurevars(step).nonlocals["kind"]]


BOTH_SHUT = "h, c = step(SHUT, SHUT, OPEN, OPEN, 3.0)"
TIED = 'return "nfg" if c > 2 else "cifg"'
NO_OUTPUT = "h, c = step(OPEN, SHUT, OPEN, SHUT, 0.0)"
LARGE = "h, c = step(SHUT, OPEN, OPEN, OPEN, 5.0)"
ENDS = "SHUT, OPEN = -40.0, 40.0"

LOUD = """def which_gate_is_gone(step):
    return found(step).upper()


def found(step):"""

BY_FORMULA = """def which_gate_is_gone(step):
    import math
    s, names = (lambda a: 1 / (1 + math.exp(-a))), {names}
    best, found = None, {{}}
    for name in names:
        i = 1 if name == "nig" else s({a[0]})
        f = 1 if name == "nfg" else 1 - i if name == "cifg" else s({a[1]})
        c = f * {c} + i * ({a[2]} if name == "niaf" else math.tanh({a[2]}))
        o = 1 if name == "nog" else s({a[3]})
        found[name] = (o * (c if name == "noaf" else math.tanh(c)), c)
    h, c = step({a[0]}, {a[1]}, {a[2]}, {a[3]}, {c})
    return min(names, key=lambda n: abs(found[n][0] - h) + abs(found[n][1] - c))"""

EXERCISE = Code(
    title="Which gate is gone?",
    level="standard",
    statement=r"""In a box is one unit of an LSTM with peepholes, or of one of the variants that
lack a piece of it. What it is you find out by experiments. The whole unit does this:

$$\begin{aligned}
i &= \sigma(a_i + p_i\, c_{t-1}) \qquad f = \sigma(a_f + p_f\, c_{t-1}) \qquad g = \tanh(a_g) \\
c_t &= f\, c_{t-1} + i\, g \\
o &= \sigma(a_o + p_o\, c_t) \qquad h_t = o \tanh(c_t)
\end{aligned}$$

and these are the seven things that may be in the box:

| name | what differs |
|---|---|
| `"peephole"` | nothing, this is the whole unit |
| `"nig"` | no input gate: $i = 1$ |
| `"nfg"` | no forget gate: $f = 1$ |
| `"cifg"` | coupled gates: $f = 1 - i$ |
| `"nog"` | no output gate: $o = 1$ |
| `"niaf"` | no tanh on the candidate: $g = a_g$ |
| `"noaf"` | no tanh on the way out: $h_t = o\, c_t$ |

Your function is given the box, a function `step(a_i, a_f, a_g, a_o, c)` of five numbers: the four
pre-activations and the old cell state. It returns `h, c`, the new ones. You may call it as often as
you like, with any numbers. What a piece that is gone would have been told is ignored.

But the box adds numbers of its own. To each of the four pre-activations it adds a bias between $-2$
and $2$, and its peepholes lie between $-0.5$ and $0.5$; you know none of them. Return the name of
what is in it. The check takes boxes of all seven kinds, most with numbers of their own.""",
    example='''def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def layer(a_gate, v):                   # here: is there a gate before v?
    return sigmoid(a_gate + 1.3) * v    # it adds 1.3, which nobody told us


def bare(a_gate, v):
    return v


for box in (layer, bare):
    print(f"told 0: {box(0.0, 2.0):.2f}   told -40: {box(-40.0, 2.0):.2f}")


def glass_box(a_i, a_f, a_g, a_o, c):
    """To try your questions on: a whole unit, with numbers of its own."""
    i, f = sigmoid(a_i - 1.1 + 0.3 * c), sigmoid(a_f + 1.7 - 0.4 * c)
    c = f * c + i * np.tanh(a_g + 0.6)
    return sigmoid(a_o - 1.9 + 0.2 * c) * np.tanh(c), c


print("told 0, 0, 0, 0 and c = 2:", np.round(glass_box(0, 0, 0, 0, 2), 2))''',
    task="Told 0, a gate that adds 1.3 and no gate at all look much alike. Told $-40$, they don't."
    " The glass box is there for your own trials; change it into the other six. Now the seven"
    " kinds; two to four calls of `step` will do, and about a dozen lines. Which experiment"
    " would come out differently, and for which of the seven alone?",
    starter='''def which_gate_is_gone(step):
    """The name of the variant in the box."""
    ...
    return name''',
    returns="name",
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake(
            "coupled taken for no forget gate",
            "A box whose gates are coupled you call one without forget gate. With i shut both keep"
            " all of the old c. What happens to it when i is open?",
            swap=[(TIED, 'return "nfg"')],
        ),
        Mistake(
            "no forget gate taken for coupled",
            "A box without forget gate you call coupled. With i shut both keep all of the old c."
            " What happens to it when i is open?",
            swap=[(TIED, 'return "cifg"')],
        ),
        Mistake(
            "coupled and no forget gate exchanged",
            "A box without forget gate you call coupled, and the other way round. With i open,"
            " which of the two still has the old c?",
            swap=[(TIED, 'return "cifg" if c > 2 else "nfg"')],
        ),
        Mistake(
            "coupled not noticed",
            "Boxes with coupled gates you take for the whole unit. With one of i and f told to open"
            " and the other to shut, both do the same. Ask for something that a coupled cell can't"
            " do.",
            swap=[(TIED, 'return "nfg" if c > 2 else "peephole"')],
        ),
        Mistake(
            "the candidate too small",
            "You never see that the candidate's tanh is gone: near 0 a tanh is a straight line. Ask"
            " the candidate for more than 1.",
            swap=[(NO_OUTPUT, "h, c = step(OPEN, SHUT, 1.5, SHUT, 0.0)")],
        ),
        Mistake(
            "the cell state too small",
            "You never see that the tanh on the way out is gone: with a c between -1 and 1 there is"
            " little to be squashed. Hand it a c that no tanh would let out.",
            swap=[(LARGE, "h, c = step(SHUT, OPEN, OPEN, OPEN, 1.0)")],
        ),
        Mistake(
            "no output gate not noticed",
            "You never see that the output gate is gone: you hold it open, or you shut it with"
            " nothing in the cell that could be seen. A missing gate is one that can't be shut.",
            swap=[
                (NO_OUTPUT, "h, c = step(OPEN, SHUT, OPEN, OPEN, 0.0)"),
                ("if abs(h) > 0.5:", "if abs(h) < 0.5:"),
            ],
        ),
        Mistake(
            "an open output gate taken for none",
            "Whole units you call units without output gate: you hold the gate open, and it is"
            " open. A missing gate is one that can't be shut.",
            swap=[(NO_OUTPUT, "h, c = step(OPEN, SHUT, OPEN, OPEN, 0.0)")],
        ),
        Mistake(
            "no input gate not noticed",
            "A box without input gate you take for something else: you hold i open, and an open"
            " gate looks like none. Shut it, with a candidate that would be seen.",
            swap=[("0.5 < c < 2", "c < -99")],
        ),
        Mistake(
            "no input gate taken for no forget gate",
            "Boxes without input gate you call nfg: with both gates told to shut something is left"
            " in c, and that may be the old c or the candidate. Hand the box two that can be told"
            " apart.",
            swap=[('return "nig"', 'return "nf" + "g"')],
        ),
        Mistake(
            "names in capital letters",
            "The piece is found. The name is wanted as it stands in the table, in small letters.",
            swap=[("def which_gate_is_gone(step):", LOUD)],
        ),
        Mistake(
            "the two tanhs exchanged",
            "The missing tanh is found, and has the other's name: niaf lacks the candidate's (the"
            " input activation), noaf the one on the way from c to h (the output activation).",
            swap=[('return "niaf"', 'return "no" + "af"'), ('return "noaf"', 'return "ni" + "af"')],
        ),
        Mistake(
            "the input and the forget gate exchanged",
            "Boxes without input gate you call nfg, and those without forget gate nig. With both"
            " told to shut, what is left in c: the old one, or the candidate?",
            swap=[
                (TIED, 'return "ni" + "g" if c > 2 else "cifg"'),
                ('return "nig"', 'return "nf" + "g"'),
            ],
        ),
        Mistake(
            "gates not shut far enough",
            "A gate that you tell -2 is not shut, and with a bias of 2 it stands half open. Go so"
            " far that no bias of the box can matter.",
            swap=[(ENDS, "SHUT, OPEN = -2.0, 2.0")],
        ),
        Mistake(
            "compared with a formula",
            "You work out what each variant would give and take the nearest. That is right for"
            " boxes that add nothing, and in the others you don't know what to put into the"
            " formula: go to the ends of the gates, where what is added can't matter.",
            source=BY_FORMULA.format(names=NAMES, a=(0.3, -0.4, 1.2, 0.5), c=1.7),
        ),
        Mistake(
            "always the whole unit",
            "You answer \"peephole\" whatever is in the box: each of your questions is one that the"
            " whole unit would answer alike.",
            source='def which_gate_is_gone(step):\n    return "peephole"',
        ),
    ],
    hints=(
        "A gate that is there obeys: tell it -40 and nothing gets through, whatever the box adds. A"
        " gate that is gone lets through all the same. Shut one, and see.",
        "First shut i and f, with a candidate told 40 and an old c of 3: 0, about 1 or 3 comes out."
        " Two of the seven give 3; what tells them apart is a step with i open.",
        "Then, with i open and f shut, a candidate told 40 and o told -40: h shows whether o"
        " obeys, c whether the candidate is squashed. Last, keep a c of 5 and open o: is h near 1"
        " or near 5?",
    ),
    passed="Each question was put where what you don't know can't matter. And each asked for"
    " something that one of the variants can't do, which is the shortest way to say what it is.",
)
