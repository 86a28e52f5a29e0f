"""One step of a peephole LSTM backwards, given what the forward pass has kept."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.numpy import Peephole, unroll

NAMES = ("d_a", "d_p", "d_h_old", "d_c_old")


def probes(rng):
    def drawn(B, M, D, h=1.0, c=1.0, **fixed):
        cell = Peephole(M, D)
        params = {name: fixed.get(name, 0.9 * rng.normal(size=shape))
                  for name, shape in cell.param_shapes.items()}
        signs = lambda *shape: rng.uniform(0.5, 1.2, shape) * rng.choice([-1, 1], shape)
        params["p"] = fixed.get("p", signs(3, D))
        state = {"h": rng.uniform(-0.8, 0.8, (B, D)), "c": signs(B, D)}
        old, new = ({name: value.copy() for name, value in entry.items()} for entry in
                    unroll(cell, params, 0.5 * rng.normal(size=(1, B, M)), state).history)
        errors = rng.uniform(0.4, 1.5, (2, B, D)) * rng.choice([-1, 1], (2, B, D))
        args = params, old, new, h * errors[0] + 0.0, c * errors[1] + 0.0
        return args, {"B": B, "D": D, "4D": 4 * D}

    one, silent = dict(B=1, M=1, D=1), np.zeros((4, 1))
    args, sizes = drawn(**one, U=silent, p=np.zeros((3, 1)))
    yield Probe(
        "no peepholes",
        args,
        "p is 0 and U is 0, so `d_a` and `d_c_old` are those of a plain LSTM. Only `d_p` is more:"
        " what did each peephole see, and what error did its gate have?",
        sizes,
    )
    args, sizes = drawn(**one, U=silent, h=0)
    yield Probe(
        "only an error at c",
        args,
        "Here `d_h` is 0 and U is 0. The error at c_t goes into i, f and g, and on to the old c:"
        " through the forget gate, and through whatever looked at the old c.",
        sizes,
    )
    args, sizes = drawn(**one, U=silent, c=0)
    yield Probe(
        "only an error at h",
        args,
        "Here `d_c` is 0 and U is 0. h = o * tanh(c) hands its error to o and to c. And o has"
        " looked at c. `d_a` has one number for each of i, f, g, o here.",
        sizes,
    )
    args, sizes = drawn(2, 3, 5)
    yield Probe(
        "both, a batch of two",
        args,
        "With U open, several units and a second sequence something differs. Look at `d_h_old`,"
        " and at what is summed over the batch.",
        sizes,
    )
    for B, M, D, name in ((3, 2, 3, "B = D"), (5, 2, 3, "random numbers")):
        args, sizes = drawn(B, M, D)
        yield Probe(name, args, "Everything is random here. Look at the axis of each sum.", sizes)


def reference(params, old, new, d_h, d_c):
    """By complex step. What W, U and b put into a is had back from the gates."""
    D = d_h.shape[1]
    logit = lambda share: np.log(share / (1 - share))
    p = params["p"]
    drive = np.concatenate([logit(new["i"]) - p[0] * old["c"], logit(new["f"]) - p[1] * old["c"],
                            np.arctanh(new["g"]), logit(new["o"]) - p[2] * new["c"]], axis=1)
    drive = drive - old["h"] @ params["U"].T

    def loss(a_more, p, h, c):
        a = drive + h @ params["U"].T + a_more
        share = lambda k, seen: 1 / (1 + np.exp(-(a[:, k * D:(k + 1) * D] + seen)))
        c_new = share(1, p[1] * c) * c + share(0, p[0] * c) * np.tanh(a[:, 2 * D:3 * D])
        return (d_h * share(3, p[2] * c_new) * np.tanh(c_new) + d_c * c_new).sum()

    point = [0 * drive, p, old["h"], old["c"]]
    found = []
    for k, value in enumerate(point):
        slope = np.empty(value.shape)
        for index in np.ndindex(value.shape):
            pushed = value.astype(complex)
            pushed[index] += 1e-20j
            slope[index] = loss(*point[:k], pushed, *point[k + 1:]).imag / 1e-20
        found.append(slope)
    return found


FROM_H, FROM_O = "from_h = d_h * o * (1 - tanh_c ** 2)", "from_o = p_o * d_a_o"
SUM = "d_c = d_c + from_h + from_o"
A_O, A_I, A_F, A_G = ("d_a_o = d_h * tanh_c * o * (1 - o)", "d_a_i = d_c * g * i * (1 - i)",
                      'd_a_f = d_c * old["c"] * f * (1 - f)', "d_a_g = d_c * i * (1 - g ** 2)")
P_I, P_F, P_O = ('d_p_i = (d_a_i * old["c"]).sum(axis=0)', 'd_p_f = (d_a_f * old["c"]).sum(axis=0)',
                 'd_p_o = (d_a_o * new["c"]).sum(axis=0)')
C_OLD = "d_c_old = d_c * f + p_i * d_a_i + p_f * d_a_f"
JOINED, ROWS = "[d_a_i, d_a_f, d_a_g, d_a_o]", "[d_p_i, d_p_f, d_p_o]"

EXERCISE = Code(
    title="Back through the peepholes",
    level="standard",
    statement=r"""Forwards, a step of an LSTM with peepholes computes

$$\begin{aligned}
a_t &= W x_t + U h_{t-1} + b \\
i_t &= \sigma(a_i + p_i \odot c_{t-1}) \qquad f_t = \sigma(a_f + p_f \odot c_{t-1}) \\
g_t &= \tanh(a_g) \\
c_t &= f_t \odot c_{t-1} + i_t \odot g_t \\
o_t &= \sigma(a_o + p_o \odot c_t) \\
h_t &= o_t \odot \tanh(c_t)
\end{aligned}$$

with the blocks $a_i, a_f, a_g, a_o$ in $a_t$. Now the way back, with the **full** gradient: every
line above hands its error on to everything it has used. Given are

- `params`, with `"U"` $(4D, D)$ and `"p"` $(3, D)$, rows $p_i$, $p_f$, $p_o$ (and `"W"`, `"b"`,
  which are not needed);
- `old`: the state before the step, `old["h"]` and `old["c"]`, $(B, D)$;
- `new`: what the step has computed, `"i"`, `"f"`, `"g"`, `"o"`, `"c"`, `"h"`, each $(B, D)$,
  squashed already;
- `d_h`, $(B, D)$: the error at $h_t$, complete; and `d_c`, $(B, D)$: what step $t+1$ owes to $c_t$,
  its own gates and peepholes included. What reaches $c_t$ *within step $t$* is not in it yet.

Return `d_a` $(B, 4D)$, the error at $a_t$, a row for each sequence; `d_p` $(3, D)$, added up over
the batch; and `d_h_old` and `d_c_old`, $(B, D)$, what this step owes to $h_{t-1}$ and $c_{t-1}$.
($W$, $U$ and $b$ get their gradients from $a_t$ as in any LSTM, and are not asked for.)

Here is the step back of a cell with coupled gates, $f_t = 1 - i_t$, and no peepholes. Nothing looks
at its memory but $h$.""",
    example='''def coupled_step_back(params, old, new, d_h, d_c):
    i, g, o = new["i"], new["g"], new["o"]
    tanh_c = np.tanh(new["c"])
    d_c = d_c + d_h * o * (1 - tanh_c ** 2)
    d_a_i = d_c * (g - old["c"]) * i * (1 - i)      # i stands in f, too
    d_a_g = d_c * i * (1 - g ** 2)
    d_a_o = d_h * tanh_c * o * (1 - o)
    d_a = np.concatenate([d_a_i, d_a_g, d_a_o], axis=1)
    return d_a, d_a @ params["U"], d_c * (1 - i)


one = np.ones((3, 1))                               # three sequences, one unit
old = {"h": 0.1 * one, "c": 0.5 * one}
new = {"i": 0.2 * one, "g": 0.3 * one, "o": 0.9 * one, "c": 0.46 * one}
params = {"U": np.ones((3, 1))}
found = coupled_step_back(params, old, new, one, 0 * one)
print([each.shape for each in found])''',
    task="Now the cell with peepholes. In which order do the errors become complete? About ten"
    " lines; those that make `d_a` and `d_h_old` are there.",
    starter='''def peephole_step_back(params, old, new, d_h, d_c):
    """The errors of a, of p, and of the old h and c."""
    i, f, g, o = new["i"], new["f"], new["g"], new["o"]
    p_i, p_f, p_o = params["p"]
    tanh_c = np.tanh(new["c"])
    ...
    d_a = np.concatenate([d_a_i, d_a_f, d_a_g, d_a_o], axis=1)
    d_h_old = d_a @ params["U"]
    return d_a, d_p, d_h_old, d_c_old''',
    returns=NAMES,
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake(
            "nothing comes back through the peepholes",
            "The peepholes learn, and no error passes through them to the cell. This is how the"
            " papers of 2000 and 2002 trained them; asked for is the full gradient. What was seen"
            " is told so: o looked at c_t, i and f at c_{t-1}.",
            swap=[(SUM, "d_c = d_c + from_h"), (C_OLD, "d_c_old = d_c * f")],
        ),
        Mistake(
            "the new c does not hear of its peephole",
            "The error of the output gate does not reach c_t. o has looked at c_t through p_o, so"
            " it owes to it, besides h.",
            swap=[(SUM, "d_c = d_c + from_h")],
        ),
        Mistake(
            "the old c does not hear of its peepholes",
            "To c_{t-1} the error comes through the forget gate only. i and f have looked at it"
            " through p_i and p_f.",
            swap=[(C_OLD, "d_c_old = d_c * f")],
        ),
        Mistake(
            "the old c does not hear of i's peephole",
            "The input gate, too, has looked at c_{t-1}: a term with p_i is missing in `d_c_old`.",
            swap=[(C_OLD, "d_c_old = d_c * f + p_f * d_a_f")],
        ),
        Mistake(
            "the old c does not hear of f's peephole",
            "c_{t-1} is used by f twice over: f multiplies it, and f has looked at it. The second,"
            " a term with p_f in `d_c_old`, is missing.",
            swap=[(C_OLD, "d_c_old = d_c * f + p_i * d_a_i")],
        ),
        Mistake(
            "the output gate's peephole leads to the old c",
            "The error through p_o is given to c_{t-1}. The output gate has looked at the new c.",
            swap=[
                (SUM, "d_c = d_c + from_h"),
                (C_OLD, "d_c_old = d_c * f + p_i * d_a_i + p_f * d_a_f + from_o"),
            ],
        ),
        Mistake(
            "the output gate's peephole leads to both",
            "The error through p_o is added at c_t, which is right, and once more at c_{t-1}. The"
            " output gate has looked at the new c alone.",
            swap=[(C_OLD, "d_c_old = d_c * f + p_i * d_a_i + p_f * d_a_f + from_o")],
        ),
        Mistake(
            "the slope of σ twice on the way to the old c",
            "What goes through p_i and p_f is multiplied by the slope of σ once more. The errors"
            " at a_i and a_f have it in them.",
            swap=[
                (
                    C_OLD,
                    "d_c_old = d_c * f + p_i * d_a_i * i * (1 - i) + p_f * d_a_f * f * (1 - f)",
                ),
            ],
        ),
        Mistake(
            "the slope of σ missing on the way to the old c",
            "Through p_i and p_f go the errors of i and of f, in your code. The peepholes stand"
            " inside the σ: they get the errors at the pre-activations, slopes included.",
            swap=[(C_OLD, 'd_c_old = d_c * f + p_i * d_c * g + p_f * d_c * old["c"]')],
        ),
        Mistake(
            "all three peepholes lead to the new c",
            "The errors through p_i and p_f are added at c_t. i and f have looked at the c before.",
            swap=[(C_OLD, "d_c_old = (d_c + p_i * d_a_i + p_f * d_a_f) * f")],
        ),
        Mistake(
            "the output gate too late",
            "i, f and g get the error at c_t before the output gate's share has been added to it;"
            " then it is added, and only the old c hears of it. Forwards o comes after c, so"
            " backwards it comes before.",
            swap=[
                (SUM, "d_c = d_c + from_h"),
                (C_OLD, "d_c_old = (d_c + from_o) * f + p_i * d_a_i + p_f * d_a_f"),
            ],
        ),
        Mistake(
            "the output gate's error without its slope on the way to c",
            "Through p_o goes the error of o, in your code. The peephole stands inside the σ: it"
            " gets the error at the pre-activation, the slope of σ included.",
            swap=[(FROM_O, "from_o = p_o * d_h * tanh_c")],
        ),
        Mistake(
            "p forgotten on the way to the new c",
            "The output gate's error is added to that of c_t as it is. On its way from the"
            " pre-activation to c it passes a weight.",
            swap=[(FROM_O, "from_o = d_a_o")],
        ),
        Mistake(
            "p forgotten on the way to the old c",
            "The errors of i and f are added to that of c_{t-1} as they are. On their way from the"
            " pre-activation to c they pass a weight each.",
            swap=[(C_OLD, "d_c_old = d_c * f + d_a_i + d_a_f")],
        ),
        Mistake(
            "p_i and p_f exchanged",
            "The error of i goes through f's peephole to the old c, and that of f through i's.",
            swap=[(C_OLD, "d_c_old = d_c * f + p_f * d_a_i + p_i * d_a_f")],
        ),
        Mistake(
            "the output gate's peephole and the slope of tanh",
            "What comes through p_o is multiplied by the slope of tanh. The peephole looks at c"
            " itself: its road does not pass the tanh.",
            swap=[(FROM_O, "from_o = p_o * d_a_o * (1 - tanh_c ** 2)")],
        ),
        Mistake(
            "the old c at the output gate's peephole",
            "The gradient of p_o is made with c_{t-1}. The output gate has seen the new c.",
            swap=[(P_O, 'd_p_o = (d_a_o * old["c"]).sum(axis=0)')],
        ),
        Mistake(
            "the new c at the peepholes of i and f",
            "The gradients of p_i and p_f are made with c_t. These two gates have seen the old c.",
            swap=[
                (P_I, 'd_p_i = (d_a_i * new["c"]).sum(axis=0)'),
                (P_F, 'd_p_f = (d_a_f * new["c"]).sum(axis=0)'),
            ],
        ),
        Mistake(
            "tanh(c) at the output gate's peephole",
            "The gradient of p_o is made with tanh(c). The peephole sees c itself.",
            swap=[(P_O, "d_p_o = (d_a_o * tanh_c).sum(axis=0)")],
        ),
        Mistake(
            "h at the peepholes",
            "The gradients of the peepholes are made with h. U hears h; the peepholes see c.",
            swap=[
                (P_I, 'd_p_i = (d_a_i * old["h"]).sum(axis=0)'),
                (P_F, 'd_p_f = (d_a_f * old["h"]).sum(axis=0)'),
                (P_O, 'd_p_o = (d_a_o * new["h"]).sum(axis=0)'),
            ],
        ),
        Mistake(
            "means over the batch",
            "The gradient of p is a mean over the sequences. A loss that wants a mean says so in"
            " `d_h` and `d_c` already; here everything adds.",
            swap=[(each, each.replace("sum", "mean")) for each in (P_I, P_F, P_O)],
        ),
        Mistake(
            "p's gradient for each sequence",
            "The products are not summed over the batch: p was used once a sequence, and all these"
            " uses add up in one (3, D).",
            swap=[(each, each.replace(".sum(axis=0)", "")) for each in (P_I, P_F, P_O)],
        ),
        Mistake(
            "p's gradient summed over the units",
            "The sums of `d_p` run along the units. Each unit has its own peepholes; what adds up"
            " are the sequences, axis 0.",
            swap=[(each, each.replace("axis=0", "axis=1")) for each in (P_I, P_F, P_O)],
        ),
        Mistake(
            "rows of p's gradient as i o f",
            "The rows of `d_p` stand as i o f, which is the order of ONNX. Here they are i f o.",
            swap=[(ROWS, "[d_p_i, d_p_o, d_p_f]")],
        ),
        Mistake(
            "rows of p's gradient as f i o",
            "The rows of `d_p` stand as f i o. Here they are i f o.",
            swap=[(ROWS, "[d_p_f, d_p_i, d_p_o]")],
        ),
        Mistake(
            "p's gradients in one row",
            "`np.concatenate` puts the three gradients of p one behind the other in a row of 3D"
            " numbers. They are three rows: `np.stack`, or `np.array`.",
            swap=[("np.stack([d_p_i, d_p_f, d_p_o])", "np.concatenate([d_p_i, d_p_f, d_p_o])")],
        ),
        Mistake(
            "no road from h up to c",
            "h_t = o * tanh(c_t): the error at h reaches c through the tanh too, and not by the"
            " output gate's peephole alone.",
            swap=[(SUM, "d_c = d_c + from_o")],
        ),
        Mistake(
            "the error at c lost",
            "What step t+1 owes to c_t, the argument `d_c`, is not used.",
            swap=[(SUM, "d_c = from_h + from_o")],
        ),
        Mistake(
            "the output gate missing on the way up to c",
            "From h up to c the error passes the slope of tanh, and not the output gate.",
            swap=[(FROM_H, "from_h = d_h * (1 - tanh_c ** 2)")],
        ),
        Mistake(
            "the slope of tanh missing on the way up to c",
            "From h up to c the error passes the output gate, and not the tanh.",
            swap=[(FROM_H, "from_h = d_h * o")],
        ),
        Mistake(
            "the new c at the forget gate",
            "The error of f is made with c_t. f multiplied the memory as it was before the step.",
            swap=[(A_F, 'd_a_f = d_c * new["c"] * f * (1 - f)')],
        ),
        Mistake(
            "i and g exchanged",
            "The error of i is made with i, that of g with g. In i * g each factor gets the other"
            " one.",
            swap=[(A_I, "d_a_i = d_c * i * i * (1 - i)"), (A_G, "d_a_g = d_c * g * (1 - g ** 2)")],
        ),
        Mistake(
            "no slopes at all",
            "The errors of i, f, g and o are handed on as those of a. Between the two stand σ and"
            " tanh, and each has a slope.",
            swap=[
                (A_O, "d_a_o = d_h * tanh_c"),
                (A_I, "d_a_i = d_c * g"),
                (A_F, 'd_a_f = d_c * old["c"]'),
                (A_G, "d_a_g = d_c * i"),
            ],
        ),
        Mistake(
            "the slope of σ missing at the output gate",
            "The error of o is handed on as that of its pre-activation. Between the two stands σ,"
            " and it has a slope.",
            swap=[(A_O, "d_a_o = d_h * tanh_c")],
        ),
        Mistake(
            "c in the place of tanh(c) at the output gate",
            "The error of o is made with c. In h = o * tanh(c) the gate is multiplied by tanh(c).",
            swap=[(A_O, 'd_a_o = d_h * new["c"] * o * (1 - o)')],
        ),
        Mistake(
            "the slope of tanh missing at the candidate",
            "The error of g is handed on as that of its pre-activation. Between the two stands"
            " tanh, and it has a slope.",
            swap=[(A_G, "d_a_g = d_c * i")],
        ),
        Mistake(
            "the candidate's error for the third peephole",
            "The third row of `d_p` is made with the error of g, the third block of a. The third"
            " peephole is the output gate's, and its block is the fourth.",
            swap=[(P_O, 'd_p_o = (d_a_g * new["c"]).sum(axis=0)')],
        ),
        Mistake(
            "p with the error of c",
            "The old c gets p_i and p_f times the error of c. On that way lie the gates: i and f"
            " have looked at the old c, and what comes back is their errors, each times its p.",
            swap=[(C_OLD, "d_c_old = d_c * (f + p_i + p_f)")],
        ),
        Mistake(
            "the slope of σ for the candidate",
            "The candidate gets the slope of σ. It went through a tanh.",
            swap=[(A_G, "d_a_g = d_c * i * g * (1 - g)")],
        ),
        Mistake(
            "the old c gets it all",
            "All of the error at c_t goes on to c_{t-1}. In the line of c_t the forget gate stands"
            " before the old c.",
            swap=[(C_OLD, "d_c_old = d_c + p_i * d_a_i + p_f * d_a_f")],
        ),
        Mistake(
            "the peepholes a second time at the old h",
            "p is added to what goes to h_{t-1}. The peepholes lead to c; to the old h leads U"
            " alone.",
            swap=[
                (
                    'd_h_old = d_a @ params["U"]',
                    'd_h_old = d_a @ params["U"] + p_i * d_a_i + p_f * d_a_f',
                ),
            ],
        ),
        Mistake(
            "blocks in the order i f o g",
            "The four errors are right, and stand side by side as i f o g, in the order of p. In a"
            " they stand i f g o.",
            swap=[(JOINED, "[d_a_i, d_a_f, d_a_o, d_a_g]")],
        ),
    ],
    hints=(
        "Draw an arrow for each use of c: which lines use c_t, which use c_{t-1}? Each arrow is a"
        " term on the way back.",
        "c_t is used by h, by o, and by step t + 1. So the output gate's error, slope included,"
        " has to be made before that of c_t is complete; i, f and g come after.",
        "`p_o * d_a_o` joins the error at c_t; `p_i * d_a_i` and `p_f * d_a_f` join `d_c * f` at"
        " the old c. A peephole's own gradient is its gate's error at the pre-activation times the"
        " c that it saw, summed over the batch.",
    ),
    passed="This is the whole gradient of a cell whose gates look at it. Leave out the three terms"
    " with p, and nothing comes back through the peepholes, as in 2000 and 2002 (when the"
    " way through h was cut as well). A check by pushes tells the two apart at once.",
)
