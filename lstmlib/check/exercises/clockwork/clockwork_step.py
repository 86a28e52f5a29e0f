"""One step of a clockwork network, given its number."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.check.exercises.clockwork import drawn, mask_of
from lstmlib.numpy import Clockwork


def probes(rng):
    def case(name, says, B, M, clock, t, still=()):
        params, x, h = drawn(rng, B, M, len(clock))
        params |= {each: 0 * params[each] for each in still}
        clock = np.array(clock)
        return Probe(name, (params, x, h, t, clock, mask_of(clock)), says,
                     {"B": B, "M": M, "D": len(clock)})

    yield case("step 0, only the biases", "W and U are 0, and at step 0 every unit is awake: each "
               "becomes the tanh of its bias.", 1, 2, [1, 2, 4], 0, "WU")
    yield case("step 0, only W", "U and b are 0, and every unit is awake: each becomes the tanh of "
               "its row of W times x.", 1, 2, [1, 2, 4], 0, "Ub")
    yield case("step 0, only U", "W and b are 0, and every unit is awake. Which entries of U may "
               "be read? Row i of U, with row i of the mask, makes unit i, from the old h.",
               1, 2, [1, 2, 4], 0, "Wb")
    yield case("step 1, nobody awake", "The periods are 2, 3 and 3, and the step is number 1: "
               "nobody is awake, so every unit keeps its number.", 1, 2, [2, 3, 3], 1)
    yield case("step 3, only the biases", "The periods are 1, 3 and 4: at step 3 the first two "
               "units are awake and become the tanh of their biases; the third keeps its number.",
               1, 2, [1, 3, 4], 3, "WU")
    yield case("step 4, the fast hear the idle", "W and b are 0, and the third unit is idle. It "
               "keeps its number, and the others hear it all the same.", 1, 2, [1, 2, 3], 4, "Wb")
    yield case("all together, a batch of 2", "Each part alone is right; together they are not. "
               "Look at what is added to what, and that all hear the state as it was before the "
               "step.", 2, 3, [1, 1, 2, 3, 4], 4)
    yield case("M = D", "This has as many inputs as units, so that a transposed matrix fits; look "
               "at the order of each product.", 2, 3, [1, 2, 6], 12)
    yield case("B = D", "This has as many sequences as units. Whether a unit is awake depends on "
               "the unit, not on the sequence.", 3, 2, [1, 2, 4], 2)
    yield case("one of each", "One sequence, one input, one unit: look for an axis that gets lost.",
               1, 1, [2], 6)
    clock = np.sort(rng.integers(1, 7, size=5))
    yield case("random numbers", "Everything is random here, periods and step number included.",
               3, 2, clock.tolist(), int(rng.choice(clock)) * int(rng.integers(1, 9)))


def reference(params, x, h, t, clock, mask):
    """By the library, with one module for each period."""
    periods, sizes = np.unique(clock, return_counts=True)
    cell = Clockwork(x.shape[1], h.shape[1], periods=periods.tolist(), sizes=sizes.tolist())
    return cell.step(params, x, {"h": h}, t=t)["h"]


AWAKE, A = "awake = t % clock == 0", "a = x @ W.T + heard + b"
HEARD, NEW = "heard = h @ (U * mask).T", "h_new = np.where(awake, np.tanh(a), h)"
WHOLE = '''def clockwork_step(params, x, h, t, clock, mask):
    W, U, b = params["W"], params["U"], params["b"]
    awake = {}
    a = x @ W.T + h @ (U * mask).T + b
    {}
    return h_new'''
IN_PLACE = '''def clockwork_step(params, x, h, t, clock, mask):
    W, U, b = params["W"], params["U"] * mask, params["b"]
    h_new = h.copy()
    for k in {}:
        if t % clock[k] == 0:
            h_new[:, k] = np.tanh(x @ W[k] + h_new @ U[k] + b[k])
    return h_new'''

EXERCISE = Code(
    title="One step of a clockwork network",
    level="standard",
    statement=r"""In a clockwork network unit $j$ has the period $T_j$. At step number $t$ it is **awake** if $T_j$ divides $t$, so that at step 0 all are awake, and **idle** otherwise. An awake unit computes as in the plain network, from the state before the step; but it hears only the units whose period is at least its own, awake or idle. An idle unit keeps its number:

$$ a_{t,j} = \sum_m W_{jm}\, x_{t,m} + \sum_{k:\; T_k \ge T_j} U_{jk}\, h_{t-1,k} + b_j $$

$$ h_{t,j} = \begin{cases} \tanh(a_{t,j}) & \text{if } t \bmod T_j = 0\\ h_{t-1,j} & \text{otherwise}\end{cases} $$

`params` is a dict with `"W"` of shape `(D, M)`, `"U"` of shape `(D, D)` and `"b"` of shape `(D,)`. `x` is a batch of inputs, `(B, M)`, and `h` the old state, `(B, D)`: a row is a sequence. `t` is an integer, `clock` an array of integers, `(D,)`, the period of each unit in ascending order, and `mask`, `(D, D)`, is `True` at row $j$, column $k$ where unit $j$ hears unit $k$. `"U"` holds numbers outside the mask as well, and nobody may read them. Return the new state, `(B, D)`.

Here is a step of another network with slow units. They don't sleep: at each step unit $j$ moves by a share $1/T_j$ of the way.""",
    example="""def sluggish_step(params, x, h, clock):
    W, U, b = params["W"], params["U"], params["b"]
    n = np.tanh(x @ W.T + h @ U.T + b)
    share = 1 / clock                           # (D,), the same for each row
    return (1 - share) * h + share * n


W, U, b = np.ones((3, 1)), np.zeros((3, 3)), np.zeros(3)
params, clock = {"W": W, "U": U, "b": b}, np.array([1, 2, 4])
h = np.zeros((1, 3))
for t in range(3):
    h = sluggish_step(params, np.array([[1.0]]), h, clock)
    print(t, h.round(3))""",
    task="Now the clockwork's step. Three to five lines.",
    starter='''def clockwork_step(params, x, h, t, clock, mask):
    """h after step number t."""
    W, U, b = params["W"], params["U"], params["b"]
    ...
    return h_new''',
    returns="h_new",
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("idle units zeroed", "Where a unit is idle your new state is 0. An idle unit keeps "
                "the number it has.",
                swap=[(NEW, "h_new = np.where(awake, np.tanh(a), 0)")]),
        Mistake("the clock begins at 1", "A unit is awake one step too early in your code, as if "
                "the first step had the number 1. At step 0 all are awake.",
                swap=[(AWAKE, "awake = (t + 1) % clock == 0")]),
        Mistake("a step too late", "A unit is awake one step after its period divides t in your "
                "code.",
                swap=[(AWAKE, "awake = (t - 1) % clock == 0")]),
        Mistake("t divides the period", "You ask whether t divides the period. It is the period "
                "that must divide t: which of the two stands behind the %?",
                source=WHOLE.format("clock % t == 0", NEW)),
        Mistake("awake and idle exchanged", "Those who should sleep compute, and those who should "
                "compute sleep. A remainder of 0 means awake; and as a truth value 0 is False.",
                swap=[(AWAKE, "awake = t % clock != 0")]),
        Mistake("awake for good after the first period", "A unit stays awake in your code as soon "
                "as t has reached its period. It wakes at multiples and sleeps between them.",
                source=WHOLE.format("t >= clock", NEW)),
        Mistake("bits of t", "`t & (clock - 1)` tells multiples only for powers of two. A period "
                "may be 3.",
                source=WHOLE.format("t & (clock - 1) == 0", NEW)),
        Mistake("all who are as fast as somebody awake", "In your code every unit computes that is "
                "as fast as the slowest awake one. That is right where each period divides the "
                "next, as with powers of two. But at step 3 a unit of period 2 sleeps, and one of "
                "period 3 does not.",
                source=WHOLE.format("clock <= np.max(clock[t % clock == 0], initial=0)", NEW)),
        Mistake("the quotient for the remainder", "`t // clock` says how often the period has gone "
                "by. Awake is who has no remainder: `%`.",
                source=WHOLE.format("t // clock == 0", NEW)),
        Mistake("one question for all units", "`t % clock == 0` is one truth value for each unit, "
                "and `if` wants a single one. `any` or `all` would not help: each unit is awake or "
                "idle by itself. Choose for each, with a loop or an array.",
                source=WHOLE.format("t % clock == 0", "h_new = np.tanh(a) if awake else h")),
        Mistake("all or nobody", "Your units compute only when all of them are awake. Each has a "
                "period of its own.",
                source=WHOLE.format("np.all(t % clock == 0)", NEW)),
        Mistake("one wakes all", "All units compute in your code as soon as one of them is awake. "
                "Each has a period of its own.",
                source=WHOLE.format("np.any(t % clock == 0)", NEW)),
        Mistake("sluggish, not asleep", "That is the step of the example: at each step a unit "
                "moves by a share of the way. Here it computes in full or not at all, and t says "
                "which.",
                source=WHOLE.format("t % clock == 0",
                                    "h_new = (1 - 1 / clock) * h + np.tanh(a) / clock")),
        Mistake("nobody sleeps", "Every unit computes at every step. That is the plain network, "
                "with a mask; t is not used.",
                swap=[(NEW, "h_new = np.tanh(a)")]),
        Mistake("idle units squashed", "An idle unit's number goes through the tanh at each step, "
                "and so shrinks. It keeps it as it is.",
                swap=[(NEW, "h_new = np.tanh(np.where(awake, a, h))")]),
        Mistake("idle units read their input", "An idle unit gets the tanh of what its input says. "
                "Idle means that it reads nothing, not even x.",
                swap=[(NEW, "h_new = np.where(awake, np.tanh(a), np.tanh(x @ W.T + b))")]),
        Mistake("awake units keep and add", "An awake unit adds the tanh to the number it had. It "
                "takes the new number for the old one.",
                swap=[(NEW, "h_new = h + awake * np.tanh(a)")]),
        Mistake("idle units not heard", "Only awake units are heard in your code. An idle unit "
                "does not listen, but it can be heard: its number is still there.",
                swap=[(HEARD, "heard = (h * awake) @ (U * mask).T")]),
        Mistake("mask transposed", "The slow units hear the fast ones: mask and U do not lie on "
                "each other. Mask U first, entry by entry, as it stands; then transpose the two "
                "together.",
                swap=[(HEARD, "heard = h @ (U * mask.T).T")]),
        Mistake("the right mask on a U that is turned round", "The mask lies on U right, and then "
                "the product is taken with U as on paper: `h @ U` gives a row of what each unit "
                "*says*. With a sequence as a row, it takes a transpose.",
                swap=[(HEARD, "heard = h @ (U * mask)")]),
        Mistake("U transposed within the mask", "Who hears whom is right; the numbers are those of "
                "the other direction. U and the mask must be transposed together.",
                swap=[(HEARD, "heard = h @ (U * mask.T)")]),
        Mistake("no mask", "Every unit hears every other. Entries of U outside the mask may not be "
                "read.",
                swap=[(HEARD, "heard = h @ U.T")]),
        Mistake("the mask on what comes out", "`h @ U.T * mask` multiplies first and masks after, "
                "when each number is a sum already. The mask is for the entries of U, so it needs "
                "a bracket, `U * mask`.",
                swap=[(HEARD, "heard = (h @ U.T) * mask")]),
        Mistake("the slow ones first, in place", "You go from the slow units to the fast ones and "
                "write into one array, so that the fast hear the *new* numbers of the slow. All "
                "hear the state as it was before the step.",
                source=IN_PLACE.format("reversed(range(len(clock)))")),
        Mistake("unit by unit, in place", "You write each unit into the array from which the next "
                "one reads, so that units of one period hear the new numbers of those before them. "
                "All hear the state as it was before the step.",
                source=IN_PLACE.format("range(len(clock))")),
        Mistake("no tanh", "An awake unit takes a itself. It goes through the tanh.",
                swap=[(NEW, "h_new = np.where(awake, a, h)")]),
        Mistake("bias missing", "b is not added. An awake unit has its bias.", swap=[(" + b", "")]),
        Mistake("bias outside the tanh", "b is added after the tanh. It belongs inside.",
                swap=[(" + b", ""), ("np.tanh(a), h)", "np.tanh(a) + b, h)")]),
        Mistake("h missing", "What the units hear of each other is not added.",
                swap=[(" + heard", "")]),
        Mistake("x missing", "W x is not added: an awake unit reads its input.",
                swap=[("a = x @ W.T + heard", "a = heard")]),
        Mistake("W transposed", "x @ W where x @ W.T is right. That fits only where M = D.",
                swap=[("x @ W.T", "x @ W")]),
        Mistake("masked too late, and not turned", "`h @ U * mask` multiplies first and masks "
                "after, when each number is a sum already. The mask is for the entries of U, with "
                "a bracket; and as a row is a sequence, the product takes a transpose.",
                source=WHOLE.replace("h @ (U * mask).T", "h @ U * mask").format("t % clock == 0",
                                                                               NEW)),
        Mistake("products as on paper", "`W @ x` is right for a column. Here a row is a sequence, "
                "so each product of the equation turns around, as in the example.",
                source=WHOLE.replace("x @ W.T", "W @ x")
                .replace("h @ (U * mask).T", "(U * mask) @ h").format("t % clock == 0", NEW)),
        Mistake("rows taken for units", "`h_new[awake]` picks rows, and a row is a sequence. The "
                "units lie along the last axis: which place in the brackets is theirs?",
                source=WHOLE.format("t % clock == 0",
                                    "h_new = h.copy(); h_new[awake] = np.tanh(a)[awake]")),
        Mistake("awake by row", "Who is awake is laid along the batch, `awake[:, None]`. It "
                "belongs to the units, and they lie along the last axis.",
                swap=[(NEW, "h_new = np.where(awake[:, None], np.tanh(a), h)")]),
    ],
    hints=(
        "Compute a for all units, as in the plain network, with U masked. Then decide, unit by "
        "unit, between the tanh of it and the old number.",
        "`t % clock == 0` is an array of D truth values. `np.where` takes from one array where "
        "they are True and from another where they are False.",
        "`U * mask` is zero where nothing is heard; then, with a row for each sequence, its "
        "transpose. Add it to W's part and b, and let `np.where` choose, with the tanh for those "
        "who are awake.",
    ),
    passed="A plain step, a mask and a calendar. This version computes all rows and throws some "
           "away, so it saves nothing; the library's goes module by module and leaves the idle "
           "ones alone.",
)
