"""The two roads on which an error reaches the cell state."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.check.exercises.backward import forward


def probes(rng):
    def drawn(B, D):
        *_, history = forward(rng, 2, B, 2, D)
        errors = rng.uniform(0.5, 1.5, (2, B, D)) * rng.choice([-1, 1], (2, B, D))
        return [errors[0], history[1], errors[1], history[2]], {"B": B, "D": D}

    args, sizes = drawn(1, 2)
    args[2] = 0 * args[2]
    yield Probe("only the road through h", tuple(args),
                "Here `d_c_later` is 0, so all of `d_c` comes up from h, through h = o * tanh(c): two factors. `d_c_old` is that `d_c`, on through one gate more.", sizes)
    args, sizes = drawn(1, 2)
    args[0] = 0 * args[0]
    yield Probe("only the road from the next cell state", tuple(args),
                "Here `d_h` is 0, so all of `d_c` comes from step t+1. What stands before c_t in the line that makes c_{t+1}? And what before c_{t-1} in the line of c_t?", sizes)
    for B, D, name in ((1, 1, "one unit, both roads"), (5, 3, "both roads, random numbers")):
        args, sizes = drawn(B, D)
        yield Probe(name, tuple(args), "Each road alone is right; look at how the two are joined, and at what of `d_c` is handed on.", sizes)


def reference(d_h, new, d_c_later, later):
    push = 1e-20j                     # every entry of c_t at once: no entry hears of another here
    c = new["c"] + push
    d_c = (d_h * new["o"] * np.tanh(c) + d_c_later * (later["f"] * c)).imag / 1e-20
    c_t = new["f"] * (0 * c.real + push)
    return d_c, (d_c * c_t).imag / 1e-20


EXERCISE = Code(
    title="Two roads into the cell state",
    level="routine",
    statement=r"""In an LSTM the letter $c_t$ is used twice: in the output of its own step, and in the cell state of the next.

$$\begin{aligned} h_t &= o_t \odot \tanh(c_t) \\ c_{t+1} &= f_{t+1} \odot c_t + i_{t+1} \odot g_{t+1} \end{aligned}$$

So an error comes back to $c_t$ on two roads. Given are the error at $h_t$, complete, as `d_h`; the error at $c_{t+1}$, complete, as `d_c_later`; and what the forward pass has kept of the two steps, `new` (step $t$) and `later` (step $t+1$): dicts with the gates `"i"`, `"f"`, `"o"`, the candidate `"g"`, and `"c"` and `"h"`. All arrays are $(B, D)$, a row for each sequence.

Return `d_c`, the whole error at $c_t$; and `d_c_old`, the part of it that goes on to $c_{t-1}$ along the cell's own line ($c_t$ was made of $c_{t-1}$ in the same way as $c_{t+1}$ of $c_t$).

Here is another cell, with the same two roads: $h_t = \tanh(c_t)$ and $c_{t+1} = 0.9\, c_t + x_{t+1}$. A push of $c_t$ by a tiny imaginary number says whether the sum of the roads is right.""",
    example='''def leaky_error(d_h, c, d_c_later):
    through_h = d_h * (1 - np.tanh(c) ** 2)
    from_later = d_c_later * 0.9
    return through_h + from_later


d_h, d_c_later, c, x_later = 2.0, -3.0, 0.5, 0.3
print(f"two roads {leaky_error(d_h, c, d_c_later):.6f}")
c = c + 1e-20j                    # a push, and what the loss makes of it
loss = d_h * np.tanh(c) + d_c_later * (0.9 * c + x_later)
print(f"a push    {loss.imag / 1e-20:.6f}")''',
    task="Now the LSTM: a line for each road, their sum, and what is handed on.",
    starter='''def error_at_c(d_h, new, d_c_later, later):
    """The error at c_t, and what of it goes on to c_{t-1}."""
    ...
    return d_c, d_c_old''',
    returns=("d_c", "d_c_old"),
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("no road through h", "The error at h_t never gets up into c_t. But h_t was made of c_t: h = o * tanh(c).",
                swap=[("d_c = through_h + from_later", "d_c = from_later")]),
        Mistake("no road from the next step", "What step t+1 owes to c_t is lost. Along the cell an error travels through time; without it nothing remembers.",
                swap=[("d_c = through_h + from_later", "d_c = through_h")]),
        Mistake("output gate missing", "On the road through h the output gate is left out: a shut gate o hides c, and hides it from the error too.",
                swap=[('d_h * new["o"] * slope', "d_h * slope")]),
        Mistake("slope of tanh missing", "On the road through h you passed the gate, and not the tanh: h = o * tanh(c) has a slope at c too.",
                swap=[('d_h * new["o"] * slope', 'd_h * new["o"]')]),
        Mistake("the error at h as it is", "The error at h_t is put on c_t as it is. Between the two stand two factors: h = o * tanh(c).",
                swap=[('d_h * new["o"] * slope', "d_h")]),
        Mistake("slope of tanh without its tanh", "The slope is taken as 1 - c². That is right where tanh(c) is at hand; c itself is what goes into the tanh.",
                swap=[('np.tanh(new["c"]) ** 2', 'new["c"] ** 2')]),
        Mistake("slope of tanh without its square", "The slope is taken as 1 - tanh(c). The tanh stands there squared.",
                swap=[('np.tanh(new["c"]) ** 2', 'np.tanh(new["c"])')]),
        Mistake("the square inside the tanh", "The slope is taken as 1 - tanh(c²). First the tanh, then the square: mind where the bracket closes.",
                swap=[('np.tanh(new["c"]) ** 2', 'np.tanh(new["c"] ** 2)')]),
        Mistake("slope of σ for that of tanh", "The slope is taken as tanh(c) (1 - tanh(c)): this is the rule for σ. What c goes through on its way to h is a tanh.",
                swap=[('1 - np.tanh(new["c"]) ** 2', 'np.tanh(new["c"]) * (1 - np.tanh(new["c"]))')]),
        Mistake("slope from h", "The slope is taken as 1 - h². h is not tanh(c): the gate o has been at it. Take the tanh of c.",
                swap=[('np.tanh(new["c"]) ** 2', 'new["h"] ** 2')]),
        Mistake("slope at the later c", "The slope on the road through h is taken at c_{t+1}. h_t has never seen it: take the c of the same step.",
                swap=[('np.tanh(new["c"]) ** 2', 'np.tanh(later["c"]) ** 2')]),
        Mistake("value for slope", "d_h * o is multiplied by tanh(c), which is the way into the gate o. On the way into c stands the slope of tanh.",
                swap=[('1 - np.tanh(new["c"]) ** 2', 'np.tanh(new["c"])')]),
        Mistake("the later output gate", "On the road through h you take o of step t+1. h_t was let out by the gate of step t.",
                swap=[('d_h * new["o"] * slope', 'd_h * later["o"] * slope')]),
        Mistake("a slope for the output gate too", "o (1 - o) is the way into the gate's own pre-activation. On the way into c the gate stands as the factor it is.",
                swap=[('d_h * new["o"] * slope', 'd_h * new["o"] * (1 - new["o"]) * slope')]),
        Mistake("forget gate of the wrong step", "From c_{t+1} back to c_t you take f_t. The factor before c_t in the line of c_{t+1} is another: look at its index.",
                swap=[('d_c_later * later["f"]', 'd_c_later * new["f"]')]),
        Mistake("no forget gate from the next step", "The error at c_{t+1} reaches c_t undiminished. So it was in 1997; today there is a gate on that line. (`d_c_later` is the error at c_{t+1} itself: the gate is not in it yet.)",
                swap=[('d_c_later * later["f"]', "d_c_later")]),
        Mistake("slope for value at the forget gate", "Along the cell you multiply by f (1 - f). That is the way into the forget gate's own pre-activation. To the old c the gate is a factor, by its value.",
                swap=[('d_c_later * later["f"]', 'd_c_later * later["f"] * (1 - later["f"])'), ('d_c * new["f"]', 'd_c * new["f"] * (1 - new["f"])')]),
        Mistake("input gate for forget gate", "From c_{t+1} back to c_t you take the input gate. It stands before the candidate; c_t has another factor.",
                swap=[('d_c_later * later["f"]', 'd_c_later * later["i"]')]),
        Mistake("roads multiplied", "The two roads are multiplied. Factors along one road multiply; roads add.",
                swap=[("d_c = through_h + from_later", "d_c = through_h * from_later")]),
        Mistake("roads averaged", "You take the mean of the two roads. Both changes happen when c_t moves, so they add.",
                swap=[("d_c = through_h + from_later", "d_c = (through_h + from_later) / 2")]),
        Mistake("handed on without the forget gate", "`d_c` is right; on to c_{t-1} you hand all of it. Which factor stands before c_{t-1} in the line of c_t?",
                swap=[('d_c * new["f"]', "d_c")]),
        Mistake("handed on with the later forget gate", "`d_c` is right; on the way to c_{t-1} you take f_{t+1}. c_t was made with the gate of step t.",
                swap=[('d_c * new["f"]', 'd_c * later["f"]')]),
        Mistake("handed on without what came through h", "`d_c` is right, but only what came along the cell goes on. At c_t the roads have met: the whole error goes on.",
                swap=[('d_c * new["f"]', 'from_later * new["f"]')]),
    ],
    hints=(
        "Go through the two equations and ask in each: if this entry of c_t moves a little, how does the left side move?",
        "In the first equation the factor is o_t times the slope of tanh at c_t; the slope can be written with tanh(c_t) itself. In the second it is a gate of `later`.",
        "A product a road: `d_h`, a gate and a slope for the one, `d_c_later` and a gate for the other. Their sum is `d_c`. For `d_c_old` go through the second equation again with every index one less.",
    ),
    passed="Both roads are open, and they add. The second has neither a matrix nor a slope on it, and that is what the LSTM was built for.",
)
