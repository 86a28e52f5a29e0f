"""The loop over time around a step that is given."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.numpy import RNN, unroll


def _case(rng, T, B, M, D, zero=()):
    params = {"W": rng.normal(size=(D, M)), "U": 0.7 * rng.normal(size=(D, D)),
              "b": rng.normal(size=D)}
    params = {name: 0 * value if name in zero else value for name, value in params.items()}
    return params, rng.normal(size=(T, B, M)), rng.uniform(-1, 1, size=(B, D))


def probes(rng):
    sizes = {"T": 1, "B": 2, "M": 3, "D": 5}
    yield Probe("a single step", _case(rng, 1, 2, 3, 5),
                "With T = 1 there is one output, and the last state is the same array of numbers: "
                "the state after the step.", sizes)
    yield Probe("two steps without U", _case(rng, 2, 3, 2, 5, zero="U"),
                "With U zero each output depends on its own input only: does step t read x[t], and "
                "does it write to place t?", {"T": 2, "B": 3, "D": 5})
    yield Probe("three steps of silence", _case(rng, 3, 2, 4, 5, zero="W"),
                "With W zero the inputs are not heard: all that moves is the state, from the "
                "initial one through three steps. Is it handed "
                "on?", {"T": 3, "B": 2, "M": 4, "D": 5})
    yield Probe("as many steps as sequences", _case(rng, 4, 4, 3, 5),
                "Here T = B = 4, so that time and batch can be taken for one another: time is the "
                "first axis of x and of the outputs.", {"M": 3, "D": 5})
    yield Probe("one sequence, seven steps", _case(rng, 7, 1, 3, 5),
                "Follow one sequence by hand for two steps, and compare.",
                {"T": 7, "B": 1, "M": 3, "D": 5})
    for name in ("a random case", "another random case"):
        yield Probe(name, _case(rng, 7, 5, 2, 3),
                    "Follow one sequence by hand for two steps, and compare.",
                    {"T": 7, "B": 5, "M": 2, "D": 3})


def reference(params, x, h):
    D, M = params["W"].shape
    run = unroll(RNN(M, D), params, x, {"h": h})
    return run.outputs, run.state["h"]


_STEP = '''
def step(params, x, h):
    return np.tanh(x @ params["W"].T + h @ params["U"].T + params["b"])
'''

EXERCISE = Code(
    title="The loop over time",
    level="routine",
    statement=r"""
A step takes one input and the old state to a new state. The function `step` of the plain cell is
given below. To read a whole sequence, it is called once for each input, and what it returns is the
old state of the next call.

`x` has shape (T, B, M): time first, $T$ steps of $B$ sequences, side by side. `h`, (B, D), is the
initial state $h_0$; it need not be zero. Return two things, in this order: the **outputs**
$h_1, \dots, h_T$ as one array (T, B, D), and the **last state** $h_T$, (B, D).
""",
    example='''
def leaky_over_time(keep, x, s):
    """A leaky average: all values (T, B, M), and the last one (B, M)."""
    averages = np.zeros(x.shape)
    for t in range(len(x)):                   # t = 0 is the first step
        s = keep * s + (1 - keep) * x[t]      # the next round's old s
        averages[t] = s
    return averages, s


x = np.array([[[8.0]], [[0.0]], [[4.0]]])     # three steps, (3, 1, 1)
averages, last = leaky_over_time(0.5, x, s=np.zeros((1, 1)))
print(averages[:, 0, 0], last)
''',
    task="Write the loop for the plain cell: three to five lines around `step`, which stays as it "
         "is.",
    starter=_STEP + '''

def over_time(params, x, h):
    """All states (T, B, D), and the last one (B, D)."""
    ...
    return outputs, h
''',
    returns=("outputs", "h"),
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("the state is not handed on",
                "Every step starts from the initial state again. What a step returns has to be the "
                "old state of the next one; without that there are T networks with no memory.",
                swap=[("h = step(params, x[t], h)", "last = step(params, x[t], h)"),
                      ("outputs[t] = h", "outputs[t] = last"),
                      ("return outputs, h", "return outputs, last")]),
        Mistake("the state is not handed on, and the first one returned",
                "Every step starts from the initial state again, and that is also what you return "
                "as the last one. Give the result of `step` the name h, so that the next step "
                "finds it.",
                swap=[("h = step(params, x[t], h)", "new = step(params, x[t], h)"),
                      ("outputs[t] = h", "outputs[t] = new")]),
        Mistake("written down before the step",
                "Your outputs are h_0 to h_{T−1}: each state is stored before the step instead of "
                "after it. The first output is h_1.",
                swap=[("h = step(params, x[t], h)", "old, h = h, step(params, x[t], h)"),
                      ("outputs[t] = h", "outputs[t] = old")]),
        Mistake("the initial state among the outputs",
                "You return T + 1 outputs, the initial state in front. The outputs are what the T "
                "steps made: h_1 to h_T.",
                swap=[("outputs = np.zeros((len(x), *h.shape))",
                       "outputs = np.zeros((len(x) + 1, *h.shape)); outputs[0] = h"),
                      ("outputs[t] = h", "outputs[t + 1] = h")]),
        Mistake("room for inputs instead of states",
                "You make room of the shape of x, as the example may, where a state is as long as "
                "an input. Here an input has M numbers and a state D: the room is (T, B, D).",
                swap=[("np.zeros((len(x), *h.shape))", "np.zeros(x.shape)")]),
        Mistake("one step too few",
                "The loop stops one step early: `range(T - 1)` leaves the last input unread, so "
                "that the last output stays zero.",
                swap=[("range(len(x))", "range(len(x) - 1)")]),
        Mistake("one output too few",
                "There are T inputs and T outputs; your loop runs one step less, and the last "
                "input is not read.",
                source='''
def over_time(params, x, h):
    outputs = []
    for t in range(len(x) - 1):
        h = step(params, x[t], h)
        outputs.append(h)
    return np.array(outputs), h
'''),
        Mistake("the first input is skipped",
                "Your loop begins at t = 1. In code the first input is x[0].",
                swap=[("range(len(x))", "range(1, len(x))")]),
        Mistake("the input of the step before",
                "Step t reads x[t − 1]. Even the first step does, where −1 is the last place of "
                "the array: it begins with the end of the sequence.",
                swap=[("h = step(params, x[t], h)", "h = step(params, x[t - 1], h)")]),
        Mistake("always the first input",
                "Every step reads x[0]. Step t reads x[t].",
                swap=[("h = step(params, x[t], h)", "h = step(params, x[0], h)")]),
        Mistake("read from the end",
                "You read the sequence backwards, and so the outputs stand in reversed order too. "
                "The first step reads x[0].",
                swap=[("h = step(params, x[t], h)", "h = step(params, x[::-1][t], h)")]),
        Mistake("read from the end, outputs at their inputs' places",
                "You read the sequence backwards: the state that belongs to x[0] has already seen "
                "all the others. The first step reads x[0].",
                swap=[("range(len(x))", "reversed(range(len(x)))")]),
        Mistake("the initial state is ignored",
                "You start from zeros. Start from the h that is handed over: it may carry what was "
                "read before, and it need not be zero.",
                swap=[("outputs = np.zeros((len(x), *h.shape))",
                       "outputs = np.zeros((len(x), *h.shape)); h = np.zeros_like(h)")]),
        Mistake("the same array T times",
                "All your outputs are the last state. One array is written over at every step, and "
                "the list holds T references to it: a new array for each step, or a copy.",
                source='''
def over_time(params, x, h):
    h, outputs = h.copy(), []
    for x_t in x:
        h[...] = step(params, x_t, h)
        outputs.append(h)
    return np.array(outputs), h
'''),
        Mistake("the same array T times, and the caller's",
                "All your outputs are the last state, and the caller's initial state is gone: "
                "`h[...] = ` and `h[:] = ` write into the array that was handed over. Let h name a "
                "new array at each step.",
                source='''
def over_time(params, x, h):
    outputs = []
    for x_t in x:
        h[...] = step(params, x_t, h)
        outputs.append(h)
    return np.array(outputs), h
'''),
        Mistake("the first state returned as the last",
                "The outputs are right, but the second thing you return is the initial state, not "
                "the one after the last step.",
                swap=[("return outputs, h", "return outputs, start"),
                      ("outputs = np.zeros((len(x), *h.shape))",
                       "outputs = np.zeros((len(x), *h.shape)); start = h")]),
        Mistake("the first output returned as the last state",
                "The outputs are right, but the second thing you return is h_1. The last state is "
                "that after the last step, the last of the outputs.",
                swap=[("return outputs, h", "return outputs, outputs[0]")]),
        Mistake("the last sequence for the last step",
                "You return outputs[:, −1], all steps of the last sequence. Time is the first "
                "axis: the last step is outputs[−1].",
                swap=[("return outputs, h", "return outputs, outputs[:, -1]")]),
        Mistake("a loop over the batch",
                "Your loop runs over the second axis, the sequences, and takes the steps of one of "
                "them for a batch. Time is the first axis of x, so `for x_t in x` goes through it.",
                source='''
def over_time(params, x, h):
    outputs = []
    for k in range(x.shape[1]):
        h = step(params, x[:, k], h)
        outputs.append(h)
    return np.array(outputs), h
'''),
        Mistake("all inputs at every step",
                "You hand the whole of x to `step`, which reads one step: x[t], of shape (B, M). "
                "Your outputs have an axis too many.",
                source='''
def over_time(params, x, h):
    outputs = []
    for t in range(len(x)):
        h = step(params, x, h)
        outputs.append(h)
    return np.array(outputs), h
'''),
        Mistake("the steps end to end",
                "You join the outputs along the batch: (T B, D), two axes. Time is an axis of its "
                "own, the first.",
                swap=[("return outputs, h", "return outputs.reshape(-1, h.shape[1]), h")]),
        Mistake("the old state added",
                "You add what `step` returns to the old state. It is the new state already, and "
                "takes the old one's place.",
                swap=[("h = step(params, x[t], h)", "h = h + step(params, x[t], h)")]),
        Mistake("time as the second axis",
                "Your outputs are (B, T, D). The states are right, the axes are not: stack along "
                "the first axis, time first.",
                swap=[("return outputs, h", "return outputs.swapaxes(0, 1), h")]),
    ],
    hints=(
        "Two names change from round to round: the state, which each step replaces, and the store "
        "of outputs, which grows.",
        "In round t: the new state is what `step` makes of x[t] and the old state. Then put it "
        "away at place t. Make room first: how many rows, of what shape?",
        "`outputs = np.zeros((len(x), *h.shape))` makes the room; in the loop give the result of "
        "`step(params, x[t], h)` the name h, and store it in outputs[t].",
    ),
    passed="Your loop hands the state on, from any first state and for any number of steps: it is "
           "what `unroll` does, and the only place that knows of time.",
)
