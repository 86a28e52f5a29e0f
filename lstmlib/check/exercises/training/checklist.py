"""Open: from a training's own measurements to the name of what is wrong with it."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.numpy import LSTM, Dense, Network, one_hot, softmax_cross_entropy

K, D, T, B = 7, 5, 6, 4
LENGTHS = np.array([4, 6, 2, 3])
GATES = "ifo"


class NoLoop(LSTM):
    """Forgets, on the way back, that h goes on to the next step."""

    def step_back(self, params, x, state, new, d_new):
        d_a, d_state = super().step_back(params, x, state, new, d_new)
        return d_a, {**d_state, "h": 0 * d_state["h"]}


def measured(rng, bug="", bias=1.0, scale=1.0):
    """What is written down about one training before it begins, with one bug or none."""
    net = Network((NoLoop if bug == "gradient" else LSTM)(K, D, forget_bias=bias), Dense(D, K))
    params = {name: scale * p for name, p in net.init(rng).items()}
    params["cell.b"] = params["cell.b"] / scale
    ids, other = rng.integers(K, size=(B, T)), rng.integers(K, size=T)
    real = np.arange(T)[:, None] < LENGTHS
    targets = np.where(real, rng.integers(K, size=(T, B)), 0)
    counted = real | (bug == "padding")
    factor = {"sum": counted.sum(), "places": counted.mean()}.get(bug, 1.0)

    def turned(ids):
        table = one_hot(ids, K)
        if bug == "shared":
            table[-1] = table[0]
        return table.reshape(T, B, K) if bug == "mixed" else table.transpose(1, 0, 2)

    def scores(params, inputs):
        found, run = net.forward(params, inputs)
        if bug == "dice":
            kept = (rng.random(run.outputs.shape) >= 0.5) / 0.5
            head = {"V": params["read.V"], "b_y": params["read.b_y"]}
            found = net.readout.forward(head, kept * run.outputs)
        return found

    def loss(params, targets=targets):
        return factor * softmax_cross_entropy(scores(params, x), targets, counted)[0]

    x = turned(ids)
    grads = net.loss_and_grads(params, x, targets, mask=counted).grads
    way = {name: rng.normal(size=p.shape) for name, p in params.items()}
    up, down = (loss({name: p + side * way[name] for name, p in params.items()})
                for side in (1e-5, -1e-5))
    ids_too = ids.copy()
    ids_too[0] = (ids_too[0] + 1 + other % (K - 1)) % K
    run = net.forward(params, x)[1]
    return {
        "K": K,
        "again": np.array([loss(params), loss(params)]),
        "one": scores(params, x),
        "two": scores(params, turned(ids_too)),
        "behind": np.array([loss(params), loss(params, np.where(real, targets, 5))]),
        "slopes": np.array([(up - down) / 2e-5,
                            factor * sum((grads[name] * way[name]).sum() for name in way)]),
        "gates": np.array([run.sequence(gate).mean() for gate in GATES]),
        "first": loss(params),
    }


def wide(rng):
    """A sound training whose first loss is about as far from ln K as a sound one's may be."""
    while True:
        record = measured(rng, scale=3.0)
        if 0.06 < abs(record["first"] / np.log(K) - 1) < 0.09:
            return record


def probes(rng):
    for name, says, settings in (
            ("a sound training",
             "Nothing is wrong with this one. The first loss of a fresh network is near ln K, and "
             "a measured slope is good for some six digits.", {}),
            ("a forget bias of 5",
             "A forget gate that begins at 0.993 is a choice, and no bug.", {"bias": 5.0}),
            ("a forget bias of 0",
             "Gates that begin half open are a choice, and no bug.", {"bias": 0.0}),
            ("large weights",
             "Sound: its first loss is less than ten per cent away from ln K.", None),
            ("mixed strings",
             "Another first string changes answers to the others.", {"bug": "mixed"}),
            ("a shared row",
             "Strings 0 and 3 stand in one row of memory: with another string 0 the answers to 3 "
             "change, and those to 1 and 2 do not.", {"bug": "shared"}),
            ("counted padding",
             "Other targets behind the ends change the loss.", {"bug": "padding"}),
            ("a wrong gradient",
             "The slope that was measured is not the one that was computed.",
             {"bug": "gradient"}),
            ("a shut gate", "The forget gate begins at less than 0.01.", {"bias": -5.0}),
            ("a gate of ones",
             "The forget gate begins at more than 0.995: who will ever shut it?", {"bias": 12.0}),
            ("a sum for a mean", "The first loss is many times ln K.", {"bug": "sum"}),
            ("a mean over all places",
             "The first loss is clearly below ln K: nobody knows that much before the first "
             "update.", {"bug": "places"}),
            ("dice",
             "Two evaluations of the same network differ. So all the other comparisons compare "
             "dice: what can they still tell?", {"bug": "dice"}),
            ("another sound training", "Nothing is wrong with this one.", {"bias": 3.0})):
        record = wide(rng) if settings is None else measured(rng, **settings)
        yield Probe(name, (record,), says, {"T": T, "B": B, "K": K})


def reference(record):
    """By ratios, and from the last entry to the first: what is found later replaces what was."""
    off = lambda pair: abs(pair[0] - pair[1]) / max(abs(pair[0]), abs(pair[1]), 1e-12)
    found = "sound"
    if not 0.85 < record["first"] / np.log(record["K"]) < 1.18:
        found = "scale"
    if ((record["gates"] < 0.02) | (record["gates"] > 0.9965)).any():
        found = "gate"
    if off(record["slopes"]) > 3e-5:
        found = "gradient"
    if off(record["behind"]) > 1e-8:
        found = "padding"
    if np.abs(record["one"] - record["two"])[:, 1:].max() > 1e-8:
        found = "mixed"
    if off(record["again"]) > 1e-8:
        found = "dice"
    return found


DICE = """    if record["again"][0] != record["again"][1]:
        return "dice"
"""
MIXED = 'if not np.allclose(record["one"][:, 1:], record["two"][:, 1:]):'
PADDING = 'if not np.isclose(*record["behind"], rtol=1e-9):'
GRADIENT = 'if not np.isclose(*record["slopes"], rtol=1e-4, atol=1e-8):'
GATE = 'if record["gates"].min() < 0.01 or record["gates"].max() > 0.995:'
FIRST = 'if abs(record["first"] / np.log(record["K"]) - 1) > 0.1:'

EXERCISE = Code(
    title="A checklist",
    level="open",
    statement="""Before a long training begins, a network is looked at: fresh weights, one batch, no
update yet. What was measured is written down in a dict, `record`. Write the function that reads it
and says what is wrong: one of the seven words in bold.

- `again`, (2,): the loss of the batch, evaluated twice. They differ: **`dice`**, something random
  is still on.
- `one` and `two`, $(T, B, K)$ each: the scores of two batches that differ in string 0 only. The
  answers to *other* strings change with it: **`mixed`**.
- `behind`, (2,): the loss, and the loss with other targets behind the strings' ends. They differ:
  **`padding`** counts.
- `slopes`, (2,): the slope of the loss along a random direction, measured by central differences,
  and worked out from the gradient. They do not agree: **`gradient`**.
- `gates`, (3,): how far the gates i, f, o stand open, on average over units and steps. One is
  stuck, shut or open: **`gate`**.
- `first`, a number: the loss in nats per symbol; there are `record["K"]` symbols to choose from. It
  is not what a fresh network must pay: **`scale`**.

If nothing is wrong, the word is **`sound`**.

Each training has at most one bug, **but a bug may show in several entries**; then the word asked
for is that of the bug. And a check that cries at sound trainings is soon switched off. So mind:

- the forget biases here are 0, 1, 3 or 5 by choice: that leaves no gate below 0.01 or above 0.995;
- a fresh network's scores are not all equal: its first loss may be off by ten per cent, not
  more;
- central differences are good for about six digits.""",
    example='''# a check for something else: did every array of weights move at the first update?
before = {"W": np.ones((2, 3)), "b": np.zeros(2)}
after = {"W": np.full((2, 3), 0.9), "b": np.zeros(2)}

def all_move(before, after):
    for name in before:
        if np.array_equal(before[name], after[name]):
            return "idle: " + name
    return "sound"

print(all_move(before, after))''',
    task="""Six checks, twelve lines. Before you write them, think about their order: which bug
spoils the measurements that the others rest on?""",
    starter='''def checklist(record):
    """One word: what is wrong with this training."""
    word = "sound"
    ...
    return word''',
    returns="word",
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("the dice looked at too late, or never",
                "Where two evaluations of one network differ, every other comparison compares "
                "dice, and something else gets the blame. Look at `again`, and before all others.",
                swap=[(DICE, "")]),
        Mistake("the dice blamed on the gradient",
                "Where two evaluations differ, a slope measured by differences is nonsense, and "
                "you report the gradient. Look at `again` before all others; and if you go "
                "through all checks, let no later one overwrite the word.",
                source="""
                def checklist(record):
                    word = "sound"
                    if record["again"][0] != record["again"][1]:
                        word = "dice"
                    if not np.allclose(record["one"][:, 1:], record["two"][:, 1:]):
                        word = "mixed"
                    if not np.isclose(*record["behind"], rtol=1e-9):
                        word = "padding"
                    if not np.isclose(*record["slopes"], rtol=1e-4, atol=1e-8):
                        word = "gradient"
                    if record["gates"].min() < 0.01 or record["gates"].max() > 0.995:
                        word = "gate"
                    if word == "sound" and abs(record["first"] / np.log(record["K"]) - 1) > 0.1:
                        word = "scale"
                    return word
                """),
        Mistake("string 0 compared with itself",
                "The scores of string 0 are in your comparison. It was exchanged, so its own must "
                "differ: leave its column out, `[:, 1:]`. (`[1:]` leaves out the first step: "
                "strings stand along the second axis.)",
                swap=[(MIXED, 'if not np.allclose(record["one"], record["two"]):')]),
        Mistake("mixed, if the first string does not change",
                "You report `mixed` where string 0 keeps its scores, or where nothing changes "
                "elsewhere. It is the others, columns 1 and on, that must not change.",
                swap=[(MIXED, 'if np.allclose(record["one"][:, 1:], record["two"][:, 1:]):')]),
        Mistake("padding the wrong way round",
                "You report `padding` where other targets behind the ends do *not* change the "
                "loss. That is as it should be.",
                swap=[(PADDING, 'if np.isclose(*record["behind"], rtol=1e-9):')]),
        Mistake("slopes compared to the last bit",
                "You ask that the two slopes be equal, or nearly to the last digit. One of them "
                "was measured by differences and is good for six digits: sound gradients would be "
                "thrown away.",
                swap=[(GRADIENT, 'if record["slopes"][0] != record["slopes"][1]:')]),
        Mistake("the gradient not looked at",
                "A wrong gradient is never reported. Compare the two slopes.",
                swap=[(GRADIENT, "if False:")]),
        Mistake("cries at open gates",
                "Your fence around the gates is too narrow: a forget gate of 0.95 or 0.99 (bias 3 "
                "or 5) is somebody's choice. Below 0.01 and above 0.995 one is stuck.",
                swap=[(GATE, 'if record["gates"].min() < 0.1 or record["gates"].max() > 0.9:')]),
        Mistake("gates that are stuck open",
                "You find gates that are shut, and not those that stand at 1. Such a gate lets all "
                "through, and has no slope by which it could be taught to shut.",
                swap=[(GATE, 'if record["gates"].min() < 0.01:')]),
        Mistake("gates that are stuck shut",
                "You find gates that stand at 1, and not those that are shut. A minus before the "
                "forget bias is the usual cause.",
                swap=[(GATE, 'if record["gates"].max() > 0.995:')]),
        Mistake("a stuck gate is never seen",
                "No stuck gate is ever reported. Look at `gates`, and at each of the three by "
                "itself: in their mean two healthy ones hide the third.",
                swap=[(GATE, 'if not 0.01 < record["gates"].mean() < 0.995:')]),
        Mistake("no first loss is good enough",
                "You report `scale` for sound trainings, too. Compare with ln K, in nats (not with "
                "log₂ K, and not with K), and allow a tenth of it: a fresh network's scores are "
                "small, not 0.",
                swap=[(FIRST, 'if abs(record["first"] / np.log2(record["K"]) - 1) > 0.1:')]),
        Mistake("only a loss that is too high",
                "You report a first loss that is too high. One that is clearly below ln K is as "
                "suspicious: nothing has been learned yet.",
                swap=[(FIRST, 'if record["first"] / np.log(record["K"]) > 1.1:')]),
        Mistake("only a loss that is too low",
                "You report a first loss that is too low. One of many times ln K is a sum that was "
                "taken for a mean.",
                swap=[(FIRST, 'if record["first"] / np.log(record["K"]) < 0.9:')]),
    ],
    hints=(
        "Think of dropout that is still on. Which entries of the table will look wrong, and which "
        "of them says that it is the dice?",
        "Return at the first fault you find, in the right order. For what is measured use "
        "`np.isclose(a, b, rtol=...)`; for what must be the same number a much smaller tolerance.",
        "`again` first. Then `one[:, 1:]` against `two[:, 1:]`, the pair `behind`, the pair "
        "`slopes` to four or five digits, each gate between 0.01 and 0.995, and `first` within a "
        "tenth of ln K.",
    ),
    passed="Seven kinds of trainings, each told by what must be true of it rather than by its "
           "curve, and no false alarm at the sound ones. Keep it beside your next project.",
)
