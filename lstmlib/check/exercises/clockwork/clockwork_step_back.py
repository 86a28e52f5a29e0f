"""One step of a clockwork network backwards, given what the forward pass has kept."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.check.exercises.clockwork import drawn, mask_of
from lstmlib.numpy import Clockwork

NAMES = ("d_a", "d_U", "d_h_old")


def probes(rng):
    def case(name, says, clock, steps, still=False):
        """A row for each of the steps; each sequence has a number of its own."""
        params, x, h_old = drawn(rng, len(steps), 2, len(clock))
        if still:
            params["U"] = np.zeros_like(params["U"])
        periods, sizes = np.unique(clock, return_counts=True)
        cell = Clockwork(2, len(clock), periods=periods.tolist(), sizes=sizes.tolist())
        rows = [cell.step(params, x[k], {"h": h_old[k]}, t=t) for k, t in enumerate(steps)]
        new = {key: np.array([row[key] for row in rows]) for key in ("h", "active")}
        d_h = rng.uniform(0.4, 1.5, h_old.shape) * rng.choice([-1, 1], h_old.shape)
        args = (params["U"], mask_of(clock), h_old, new, d_h)
        return Probe(name, args, says, {"B": len(steps), "D": len(clock)})

    yield case("one unit, idle", "One unit, and it is idle: h_t is h_{t-1}, and nothing else was "
               "read.", [2], [1])
    yield case("one unit, awake, U = 0", "One unit, awake, and U is 0: the error goes through the "
               "slope of the tanh to a, and from there to no old state.", [1], [1], still=True)
    yield case("all awake", "Three units with the periods 1, 2 and 4 at step 0: all are awake, so "
               "the old state gets its error through U alone, as far as it is heard.",
               [1, 2, 4], [0])
    yield case("the slow one idle", "Of two units the slow one is idle, and the fast one is awake "
               "and hears it. So the old number of the idle one was used twice: it was kept, and "
               "it was heard.", [1, 2], [1])
    yield case("nobody awake", "Periods 2, 3 and 3, step 1: nothing was computed.", [2, 3, 3], [1])
    yield case("a batch of two", "Two sequences with numbers of their own: a unit may be awake in "
               "one and idle in the other. Look at what is summed over the batch, and what stands "
               "in each row.", [1, 1, 2, 3, 4], [3, 4])
    yield case("B = D", "As many sequences as units, so that a wrong product may fit: look at each "
               "`@`.", [1, 2, 4], [2, 1, 4])
    clock = np.sort(rng.integers(1, 5, size=5)).tolist()
    yield case("random numbers", "Everything is random here.", clock,
               [int(rng.integers(0, 9)), 1, 2])


def reference(U, mask, h_old, new, d_h):
    """By complex step. What x and b put into a is had back from the new state."""
    active = new["active"] != 0
    said = np.arctanh(np.where(active, new["h"], 0)) - h_old @ np.where(mask, U, 0).T

    def loss(a_more, U, h):
        a = said + h @ np.where(mask, U, 0).T + a_more
        return (d_h * np.where(active, np.tanh(a), h)).sum()

    point = [0 * said, U, h_old]
    found = []
    for k, value in enumerate(point):
        slope = np.empty(value.shape)
        for index in np.ndindex(value.shape):
            pushed = value.astype(complex)
            pushed[index] += 1e-20j
            slope[index] = loss(*point[:k], pushed, *point[k + 1:]).imag / 1e-20
        found.append(slope)
    return found


D_A = "d_a = np.where(awake, d_h * slope, 0)"
PAST, HEARD = "past = np.where(awake, 0, d_h)", "heard = d_a @ (U * mask)"
D_U, OLD = "d_U = (d_a.T @ h_old) * mask", "d_h_old = past + heard"
SLOPE = 'slope = 1 - new["h"] ** 2'

EXERCISE = Code(
    title="Back past a sleeper",
    level="standard",
    statement=r"""Forwards, a step of a clockwork network goes through all units $j$:

$$ a_{t,j} = \sum_m W_{jm}\, x_{t,m} + \sum_{k \text{ heard by } j} U_{jk}\, h_{t-1,k} + b_j $$

$$ h_{t,j} = \begin{cases} \tanh(a_{t,j}) & j \text{ is awake at this step}\\ h_{t-1,j} & j \text{ is idle}\end{cases} $$

An awake unit hears every unit that the mask allows, awake or idle, with its number from before the step. Now the way back. Given are

- `U`, $(D, D)$, and `mask`, $(D, D)$: `True` at row $j$, column $k$ where unit $j$ hears unit $k$. `U` holds numbers outside the mask as well, which were not read;
- `h_old`, the state before the step, $(B, D)$, a row for each sequence;
- `new`, what the step has left: `new["h"]`, the state after it, and `new["active"]`, 1 where a unit was awake and 0 where it was idle, both $(B, D)$. Each sequence has a step number of its own, so that rows may differ;
- `d_h`, $(B, D)$: the error at $h_t$, complete.

Return, in this order, `d_a` $(B, D)$, the error at $a_t$, which is 0 where nothing was made of it; `d_U` $(D, D)$, the gradient of `U`, added up over the batch, and 0 where nothing was read; and `d_h_old` $(B, D)$, what this step owes to $h_{t-1}$. ($W$ and $b$ get their gradients from $a_t$ as ever, and are not asked for.)

Here is the way back of another network with slow units: at each step unit $j$ moves by the share $s_j$ of the way to $n_t = \tanh(a_t)$, $h_t = (1 - s) \odot h_{t-1} + s \odot n_t$. Nobody sleeps, and everybody hears everybody.""",
    example='''def sluggish_step_back(U, h_old, n, share, d_h):
    d_a = d_h * share * (1 - n ** 2)
    d_U = d_a.T @ h_old
    d_h_old = d_h * (1 - share) + d_a @ U
    return d_a, d_U, d_h_old


one = np.ones((3, 2))                           # three sequences, two units
found = sluggish_step_back(np.eye(2), 0.5 * one, 0.1 * one,
                           np.array([1.0, 0.25]), one)
print([each.shape for each in found])
print(found[2][0].round(4))''',
    task="Now the clockwork. Four to seven lines.",
    starter='''def clockwork_step_back(U, mask, h_old, new, d_h):
    """The errors of a, of U and of the old h."""
    awake = new["active"] != 0
    ...
    return d_a, d_U, d_h_old''',
    returns=NAMES,
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("idle units stop the error", "The error at an idle unit ends there in your code. "
                "It kept its number: the derivative of a number by itself is 1, so its error goes "
                "on unchanged.",
                swap=[(PAST, "past = 0 * d_h")]),
        Mistake("awake units pass the error on as well", "The error goes past every unit unchanged "
                "in your code. An awake unit's number was made anew: only an idle one passes it "
                "on.",
                swap=[(PAST, "past = d_h")]),
        Mistake("the awake pass the error on, the idle don't", "The error goes unchanged past the "
                "awake units, not past the idle ones. Who kept its number?",
                swap=[(PAST, "past = np.where(awake, d_h, 0)")]),
        Mistake("either kept or heard", "An idle unit gets only the error that goes past it, in "
                "your code, as if only awake units had been heard. An idle one does not listen, "
                "but it speaks: whoever is awake may have heard it, and owes to it, too. The two "
                "add.",
                swap=[(OLD, "d_h_old = np.where(awake, heard, d_h)")]),
        Mistake("heard by an idle unit, too", "In your code idle units hand an error on to whom "
                "they would have heard. They heard nobody: their `d_a` is 0, and that also goes "
                "into U.",
                swap=[(D_A, "d_a = d_h * slope")]),
        Mistake("idle units' error in d_a unchanged", "Where a unit was idle `d_a` holds its error "
                "as it came. Its a was used for nothing, so the error there is 0.",
                swap=[(D_A, "d_a = np.where(awake, d_h * slope, d_h)")]),
        Mistake("the sleep only in what follows", "`d_U` and `d_h_old` are right, and `d_a` as you "
                "return it is not 0 where a unit was idle. Of its a nothing was made.",
                swap=[("return d_a, d_U, d_h_old", "return d_h * slope, d_U, d_h_old")]),
        Mistake("no slope", "The error of h becomes that of a unchanged. Between the two stands a "
                "tanh, and tanh has a slope.",
                swap=[(D_A, "d_a = np.where(awake, d_h, 0)")]),
        Mistake("the slope on the way past the idle ones", "The error that goes past an idle unit "
                "is multiplied by the slope of the tanh. It passed no tanh: the number was kept.",
                swap=[(PAST, "past = np.where(awake, 0, d_h * slope)")]),
        Mistake("the old h in the slope", "The slope is taken at h_{t-1}. The tanh made the new h.",
                swap=[(SLOPE, "slope = 1 - h_old ** 2")]),
        Mistake("tanh taken of h again", "The slope is taken as 1 - tanh(h)². h has been through "
                "the tanh already.",
                swap=[(SLOPE, 'slope = 1 - np.tanh(new["h"]) ** 2')]),
        Mistake("the slope without its square", "The slope is taken as 1 - h; the h stands there "
                "squared.",
                swap=[(SLOPE, 'slope = 1 - new["h"]')]),
        Mistake("the slope of σ", "The slope is taken as h (1 - h). That is the sigmoid's; here it "
                "is a tanh.",
                swap=[(SLOPE, 'slope = new["h"] * (1 - new["h"])')]),
        Mistake("no mask on the way back", "The error reaches units that were not heard: U is used "
                "whole on the way to the old h. Nobody read the entries outside the mask.",
                swap=[(HEARD, "heard = d_a @ U")]),
        Mistake("mask transposed", "On the way to the old h the mask is turned round, and U is "
                "not. The two belong on each other as they stand: row j is who heard.",
                swap=[(HEARD, "heard = d_a @ (U * mask.T)")]),
        Mistake("U transposed", "The error goes back through U transposed. With a row for each "
                "sequence the way forth is `h @ (U * mask).T`, and the way back has no transpose.",
                swap=[(HEARD, "heard = d_a @ (U * mask).T")]),
        Mistake("a gradient outside the mask", "`d_U` has numbers outside the mask. Those entries "
                "of U were not read: their gradient is 0.",
                swap=[(D_U, "d_U = d_a.T @ h_old")]),
        Mistake("a gradient in the other triangle", "`d_U` is masked with the mask turned round.",
                swap=[(D_U, "d_U = (d_a.T @ h_old) * mask.T")]),
        Mistake("the mask on what comes out", "`d_a @ U * mask` multiplies first and masks after: "
                "the mask is for the entries of U, so it needs a bracket, `U * mask`.",
                swap=[(HEARD, "heard = d_a @ U * mask")]),
        Mistake("a product as on paper", "`U.T @ d_a` is right where the errors stand in a column. "
                "Here `d_a` has a row for each sequence, and stands on the left, as in the "
                "example.",
                swap=[(HEARD, "heard = (U * mask).T @ d_a")]),
        Mistake("no mask anywhere", "The mask is not used: the error reaches units that were not "
                "heard, and `d_U` has numbers where nothing was read.",
                swap=[(HEARD, "heard = d_a @ U"), (D_U, "d_U = d_a.T @ h_old")]),
        Mistake("the new h in the gradient of U", "`d_U` is made with h_t. U multiplied the h from "
                "before the step.",
                swap=[(D_U, 'd_U = (d_a.T @ new["h"]) * mask')]),
        Mistake("d_U turned round", "`d_U` is made as `h_old.T @ d_a`, so that rows and columns "
                "have changed places. Row j belongs to unit j, which heard.",
                swap=[(D_U, "d_U = (h_old.T @ d_a) * mask")]),
        Mistake("d_U turned round, mask and all", "`d_U` is transposed. Row j belongs to unit j, "
                "which heard, and so to `d_a`.",
                swap=[(D_U, "d_U = (h_old.T @ d_a) * mask.T")]),
        Mistake("a mean over the batch", "`d_U` is a mean over the sequences. A loss that wants a "
                "mean says so in `d_h` already; here everything adds.",
                swap=[(D_U, "d_U = (d_a.T @ h_old) * mask / len(h_old)")]),
        Mistake("only awake units in the gradient of U", "In `d_U` the idle units' old numbers are "
                "left out. They were heard: an awake unit multiplied them by its entry of U.",
                swap=[(D_U, "d_U = (d_a.T @ (h_old * awake)) * mask")]),
        Mistake("awake as of the first sequence", "You take who was awake from the first row for "
                "all. Each sequence has a step number of its own here.",
                swap=[('awake = new["active"] != 0', 'awake = new["active"][0] != 0')]),
        Mistake("awake if in any sequence", "In your code a unit counts as awake in all sequences "
                "when it is awake in one. Each sequence has a step number of its own here.",
                swap=[('awake = new["active"] != 0',
                       'awake = np.any(new["active"] != 0, axis=0)')]),
    ],
    hints=(
        "Two cases. Awake: as in the plain network, through the slope of the tanh to a, and from "
        "there through U. Idle: as if the unit were a wire.",
        "`d_a` is 0 for idle units; make it first, and let everything else be made of it. Slope "
        "from the value: 1 - h², with the new h.",
        "An old number may have been used twice: kept by an idle unit, and heard by awake ones. So "
        "`d_h_old` is a sum: `np.where(awake, 0, d_h)`, and `d_a` times the masked U.",
    ),
    passed="Past a sleeper the error goes unchanged, as on the belt of an LSTM with f = 1, only "
           "that no gate was asked. A module of period 64 passes its error through 63 of 64 steps "
           "as it is: it pays once a tick.",
)
