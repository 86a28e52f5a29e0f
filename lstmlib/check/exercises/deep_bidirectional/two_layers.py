"""Two LSTMs, one above the other, from one step function."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.numpy import LSTM, Stack, unroll


def probes(rng):
    def drawn(T, B, M, D_1, D_2):
        draw = lambda *shape: rng.uniform(0.3, 1.1, shape) * rng.choice([-1, 1], shape)
        params = [
            {"W": draw(4 * D, size), "U": draw(4 * D, D), "b": draw(4 * D)}
            for size, D in ((M, D_1), (D_1, D_2))
        ]
        states = [{"h": 0.8 * draw(B, D), "c": draw(B, D)} for D in (D_1, D_2)]
        return (params, draw(T, B, M), states), {"T": T, "B": B, "M": M, "D_1": D_1, "D_2": D_2}

    for T, B, M, D_1, D_2, name, says in (
        (1, 1, 3, 2, 5, "a single step",
         "One step of each layer. What is the input of the upper one, and from which state does "
         "it start?"),
        (2, 1, 3, 2, 5, "two steps",
         "A single step went well. With two, what is handed on to the second, in each layer?"),
        (3, 2, 3, 3, 3, "all sizes equal",
         "M and both widths are 3, so that whatever is put in the wrong place fits. Look at which"
         " array goes where."),
        (5, 3, 2, 7, 4, "five steps, a batch of 3",
         "Look for what is not handed on from step to step."),
        (4, 2, 5, 3, 1, "random numbers", "Everything is random here."),
    ):
        args, sizes = drawn(T, B, M, D_1, D_2)
        yield Probe(name, args, says, sizes)


def reference(params, x, states):
    """By the library's stack."""
    numbered = lambda pair: {
        f"{k}.{name}": value for k, one in enumerate(pair) for name, value in one.items()
    }
    cells = [LSTM(one["W"].shape[1], one["U"].shape[1]) for one in params]
    run = unroll(Stack(cells), numbered(params), x, numbered(states))
    return run.parts["0"].outputs, run.outputs


STEP = '''def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def step(params, x, state):
    """One step of an LSTM: the new h and c."""
    a = x @ params["W"].T + state["h"] @ params["U"].T + params["b"]
    a_i, a_f, a_g, a_o = np.split(a, 4, axis=-1)
    c = sigmoid(a_f) * state["c"] + sigmoid(a_i) * np.tanh(a_g)
    return {"h": sigmoid(a_o) * np.tanh(c), "c": c}'''
LOWER = "lower = step(params[0], x_t, lower)"
UPPER = 'upper = step(params[1], lower["h"], upper)'
START = "lower, upper = states"
ZEROS = "{name: 0 * value for name, value in states[%s].items()}"

EXERCISE = Code(
    title="Two layers",
    level="routine",
    statement=r"""A stack of two LSTMs reads a sequence. The lower layer reads $x_t$; the upper one
reads, at the same step, the lower one's $h_t^{(1)}$ as its input. Each layer has weights and a
state $h$, $c$ of its own.

`step(params, x, state)` is given: one step of an LSTM for a batch, from a dict with `"W"`, `"U"`,
`"b"`, an input and the old state, a dict with `"h"` and `"c"`. It returns the new state, a dict
with the same keys. You get

- `params`: a list of two such dicts, the lower layer's first, its widths $D_1$ and $D_2$,
- `x`: the inputs, $(T, B, M)$,
- `states`: a list of the two initial states, again the lower layer's first. They are not zero.

Return `h_1`, $(T, B, D_1)$, and `h_2`, $(T, B, D_2)$: what each layer shows at every step.""",
    example="""# one layer, of another kind: a leaky average with one number for its state
def average(rate, x, m):
    return (1 - rate) * m + rate * x


def averages(rate, x, m):
    seen = []
    for x_t in x:
        m = average(rate, x_t, m)
        seen.append(m)
    return np.array(seen)


averages(0.5, np.array([8.0, 8.0, 0.0]), 0.0)""",
    task="Now the LSTM, and two of them. Six or seven lines.",
    starter=STEP + '''


def two_layers(params, x, states):
    """The h of the lower and of the upper layer, at every step."""
    ...
    return h_1, h_2''',
    returns=("h_1", "h_2"),
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake(
            "both layers read x",
            "Your upper layer reads x_t, as the lower one does. Then they stand beside each other."
            " What does a layer above another one read?",
            swap=[(UPPER, UPPER.replace('lower["h"]', "x_t"))],
        ),
        Mistake(
            "the upper layer reads the step before",
            "The upper layer reads what the lower one showed at the step before; the lower one"
            " takes its step after it. Both are at the same step: first the lower one, then the"
            " upper one, with the new h.",
            swap=[(f"{LOWER}\n        {UPPER}", f"{UPPER}\n        {LOWER}")],
        ),
        Mistake(
            "c goes up",
            "The upper layer reads the lower one's c. What a layer shows to others is h; c stays"
            " inside.",
            swap=[(UPPER, UPPER.replace('lower["h"]', 'lower["c"]'))],
        ),
        Mistake(
            "one state for both layers",
            "The upper layer takes its step from the lower one's state. Each layer has a memory of"
            " its own, with a start of its own.",
            swap=[(UPPER, UPPER.replace(", upper)", ", lower)"))],
        ),
        Mistake(
            "one variable for both states",
            "One and the same state goes through both layers: what the upper one leaves behind is"
            " where the lower one starts at the next step. Each layer needs a variable of its own.",
            swap=[
                (START, "state = states[0]"),
                (LOWER, "state = lower = step(params[0], x_t, state)"),
                (UPPER, 'state = upper = step(params[1], lower["h"], state)'),
            ],
        ),
        Mistake(
            "the weights of the lower layer twice",
            "Both layers use `params[0]`. A layer is only a second one if it brings weights of its"
            " own.",
            swap=[(UPPER, UPPER.replace("params[1]", "params[0]"))],
        ),
        Mistake(
            "the layers exchanged",
            "The lower layer works with the upper one's weights, and the other way round."
            " `params[0]` belongs to the layer that reads x.",
            swap=[(LOWER, LOWER.replace("[0]", "[1]")), (UPPER, UPPER.replace("[1]", "[0]"))],
        ),
        Mistake(
            "one start for both layers",
            "Both layers start from `states[0]`. The upper one has a start of its own.",
            swap=[(START, "lower = upper = states[0]")],
        ),
        Mistake(
            "both start from zeros",
            "The initial states are handed over, and they are not zero.",
            swap=[(START, f"lower, upper = {ZEROS % 0}, {ZEROS % 1}")],
        ),
        Mistake(
            "the upper layer starts from zeros",
            "Your lower layer starts from its own state, the upper one from zeros. It has a start"
            " of its own, too.",
            swap=[(START, f"lower, upper = states[0], {ZEROS % 1}")],
        ),
        Mistake(
            "the upper layer starts anew at every step",
            "The upper layer takes each step from its initial state: what it found at step t is not"
            " handed on to step t + 1.",
            swap=[(UPPER, UPPER.replace(", upper)", ", states[1])"))],
        ),
        Mistake(
            "the lower layer starts anew at every step",
            "The lower layer takes each step from its initial state: what it found at step t is not"
            " handed on to step t + 1.",
            swap=[(LOWER, LOWER.replace(", lower)", ", states[0])"))],
        ),
        Mistake(
            "the upper layer comes down",
            "At the next step the lower layer goes on from the upper one's h. Nothing comes down in"
            " a stack: the lower layer goes on from its own.",
            swap=[(LOWER, 'lower = step(params[0], x_t, {"h": upper["h"], "c": lower["c"]})')],
        ),
        Mistake(
            "a bridge past the lower layer",
            "The upper layer reads h + x, the lower one's state with its input added. Such bridges"
            " do exist; this stack has none.",
            swap=[(UPPER, UPPER.replace('lower["h"]', 'lower["h"] + x_t'))],
        ),
        Mistake(
            "c of the upper layer returned",
            "`h_2` holds the upper layer's c. Asked is what it shows.",
            swap=[('h_2.append(upper["h"])', 'h_2.append(upper["c"])')],
        ),
        Mistake(
            "c of both layers returned",
            "You return the two c. Asked is what each layer shows.",
            swap=[
                ('h_1.append(lower["h"])', 'h_1.append(lower["c"])'),
                ('h_2.append(upper["h"])', 'h_2.append(upper["c"])'),
            ],
        ),
        Mistake(
            "the last step only",
            "You return the states after the last step. Asked are those of every step, (T, B, D).",
            swap=[("return np.array(h_1), np.array(h_2)", 'return lower["h"], upper["h"]')],
        ),
        Mistake(
            "the whole state goes up",
            "The input of the upper layer is a dict, the lower one's whole state. An input is one"
            " array: of the two in the dict, which one does a layer show?",
            swap=[(UPPER, UPPER.replace('lower["h"]', "lower"))],
        ),
        Mistake(
            "the step before, by its place in an array",
            "The upper layer reads `h_1[t - 1]`, or whatever stands one place too early; for t = 0"
            " that is place -1, the last. Both layers are at the same step.",
            source=STEP + """


def two_layers(params, x, states):
    lower, upper = states
    h_1 = np.zeros((len(x), *lower["h"].shape))
    h_2 = np.zeros((len(x), *upper["h"].shape))
    for t in range(len(x)):
        lower = step(params[0], x[t], lower)
        h_1[t] = lower["h"]
        upper = step(params[1], h_1[t - 1], upper)
        h_2[t] = upper["h"]
    return h_1, h_2
""",
        ),
        Mistake(
            "the upper layer goes on from the lower one's last state",
            "You run one layer after the other, which is fine, but in one variable: the upper one"
            " starts from the state in which the lower one has ended. It has a start of its own.",
            source=STEP + """


def two_layers(params, x, states):
    state, found = states[0], []
    for one in params:
        seen = []
        for x_t in x:
            state = step(one, x_t, state)
            seen.append(state["h"])
        x = np.array(seen)
        found.append(x)
    return found
""",
        ),
        Mistake(
            "the upper layer reads the last state only",
            "You run the lower layer to its end, and then the upper one reads its last h at every"
            " step. At step t it should read the h of step t.",
            source=STEP + """


def two_layers(params, x, states):
    lower, upper = states
    h_1, h_2 = [], []
    for x_t in x:
        lower = step(params[0], x_t, lower)
        h_1.append(lower["h"])
    for x_t in x:
        upper = step(params[1], lower["h"], upper)
        h_2.append(upper["h"])
    return np.array(h_1), np.array(h_2)
""",
        ),
    ],
    hints=(
        (
            "Two states go along the sequence, each in a variable of its own. In one round of the"
            " loop both layers take a step: which one first?"
        ),
        (
            "The lower layer's step gives a dict. One of its two entries is the input of the upper"
            " layer's step, in the same round."
        ),
        (
            "In the loop: `lower = step(params[0], x_t, lower)`, then the same for `upper` with"
            " `params[1]`; note both h. After it `np.array` makes (T, B, D) of each list."
        ),
    ),
    passed=(
        "That is all that a deep recurrent network is: what comes out of one layer goes into the"
        " next. No new equation, and nothing that comes down."
    ),
)
