"""The Jacobian of one step of an LSTM, from (h, c) to (h, c)."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.check.exercises.backward import forward

NAMES = ("h_from_h", "h_from_c", "c_from_h", "c_from_c")


def probes(rng):
    def drawn(D, **fixed):
        params, x, history = forward(rng, 1, 1, 2, D, **fixed)
        before, after = ({name: value[0] for name, value in entry.items()} for entry in history)
        return (params["U"], before, after), {"D": D}

    args, sizes = drawn(2, U=np.zeros((8, 2)))
    yield Probe("U = 0", args, "With U = 0 nothing hears the old h: `h_from_h` and `c_from_h` are 0. What is left goes from the old c straight along the cell, and up into h.", sizes)
    args, sizes = drawn(1)
    yield Probe("one unit", args, "One unit, so every matrix is one number. Count the ways from the old h into c, and those into h.", sizes)
    args, sizes = drawn(3)
    yield Probe("three units", args, "One unit is right, three are not. Entry [k, j] is how unit k moves when unit j of the old state does: a factor of unit k scales a *row*.", sizes)
    args, sizes = drawn(5)
    yield Probe("random numbers", args, "Everything is random here.", sizes)


def reference(U, old, new):
    """By complex step: the old state is pushed, a column for each of its numbers.

    Where a gate stood before the push is read off its value.
    """
    D = len(old["h"])
    a = np.concatenate([np.log(new["i"] / (1 - new["i"])), np.log(new["f"] / (1 - new["f"])),
                        np.arctanh(new["g"]), np.log(new["o"] / (1 - new["o"]))])
    push = 1e-20j * np.eye(2 * D)
    a_i, a_f, a_g, a_o = np.split(a[:, None] + U @ push[:D], 4)
    share = lambda v: 1 / (1 + np.exp(-v))
    c = share(a_f) * (old["c"][:, None] + push[D:]) + share(a_i) * np.tanh(a_g)
    h = share(a_o) * np.tanh(c)
    c, h = c.imag / 1e-20, h.imag / 1e-20
    return h[:, :D], h[:, D:], c[:, :D], c[:, D:]


WAYS = {"i": "input gate", "f": "forget gate", "g": "candidate"}

FACTORS = {"i": "(g * i * (1 - i))", "f": '(old["c"] * f * (1 - f))', "g": "(i * (1 - g ** 2))", "o": '(np.tanh(new["c"]) * o * (1 - o))'}

EXERCISE = Code(
    title="The Jacobian that may be multiplied",
    level="standard",
    statement=r"""What is one step back worth? With the gates held fixed, $\mathrm{diag}(f_t)$. But the gates read $h_{t-1}$, and over several steps everything that is remembered counts: the pair $(h, c)$. One step

$$\begin{aligned}
a_t &= W x_t + U h_{t-1} + b \\
i_t &= \sigma(a_i) \quad f_t = \sigma(a_f) \quad o_t = \sigma(a_o) \\
g_t &= \tanh(a_g) \\
c_t &= f_t \odot c_{t-1} + i_t \odot g_t \\
h_t &= o_t \odot \tanh(c_t)
\end{aligned}$$

has a Jacobian of four blocks, each $D \times D$: how $h_t$ and how $c_t$ move when $h_{t-1}$ moves, and when $c_{t-1}$ does. ($x_t$ stays.) Entry $[k, j]$ of a block is the derivative of number $k$ of the new state with respect to number $j$ of the old one.

Given are `U`, $(4D, D)$, blocks in the order $i, f, g, o$; `old` with `"h"` and `"c"` before the step; and `new` with `"i"`, `"f"`, `"g"`, `"o"`, `"c"`, `"h"` after it: vectors of $D$ numbers of *one* sequence. Return, in this order, `h_from_h` ($\mathrm{d}h_t / \mathrm{d}h_{t-1}$), `h_from_c`, `c_from_h`, `c_from_c`.

Here is another cell with a pair as its state: $k_t = \sigma(U h_{t-1})$, $c_t = k_t \odot c_{t-1}$ and $h_t = c_t^2$.""",
    example='''def small_jacobian(U, old, k):
    c_from_c = np.diag(k)
    c_from_h = (old["c"] * k * (1 - k))[:, None] * U     # a factor a row
    slope = 2 * k * old["c"]                             # of c ** 2, at new c
    h_from_h, h_from_c = slope[:, None] * c_from_h, slope[:, None] * c_from_c
    return h_from_h, h_from_c, c_from_h, c_from_c


U = np.array([[1.0, 2.0], [-1.0, 0.5]])
old = {"h": np.zeros(2), "c": np.array([1.0, -2.0])}
small_jacobian(U, old, k=np.array([0.5, 0.5]))[2]''',
    task="Now the LSTM. Three ways lead from the old $h$ into $c_t$, and four into $h_t$.",
    starter='''def pair_jacobian(U, old, new):
    """The four blocks of the Jacobian of one step."""
    i, f, g, o = new["i"], new["f"], new["g"], new["o"]
    U_i, U_f, U_g, U_o = np.split(U, 4)
    ...
    return h_from_h, h_from_c, c_from_h, c_from_c''',
    returns=NAMES,
    probes=probes,
    reference=reference,
    mistakes=[
        *(Mistake(f"the way through the {word} missing", f"From the old h into c you leave out the way through the {word}. It read h_{{t-1}}, and c_t is made with it.",
                  swap=[("c_from_h = way_i + way_f + way_g", "c_from_h = " + " + ".join(f"way_{n}" for n in "ifg" if n != name))])
          for name, word in WAYS.items()),
        Mistake("no way from h into c", "`c_from_h` is 0, as if the gates were held fixed. They read h_{t-1}; let them follow.",
                swap=[("c_from_h = way_i + way_f + way_g", "c_from_h = 0 * way_i")]),
        Mistake("the output gate as a way into c", "Into c you count a way through o. o comes after c: it leads into h only.",
                swap=[("c_from_h = way_i + way_f + way_g", "c_from_h = way_i + way_f + way_g + (np.tanh(new[\"c\"]) * o * (1 - o))[:, None] * U_o")]),
        Mistake("the new c at the forget gate", "On the way through f you take c_t. The forget gate multiplied the memory before the step.",
                swap=[('(old["c"] * f * (1 - f))', '(new["c"] * f * (1 - f))')]),
        Mistake("i and g exchanged", "On the way through i the factor is i, and on that through g it is g. In i * g each factor has the other one beside it.",
                swap=[("(g * i * (1 - i))", "(i * i * (1 - i))"), ("(i * (1 - g ** 2))", "(g * (1 - g ** 2))")]),
        Mistake("the slope of σ for the candidate", "On the way through g you take g (1 - g). The candidate went through a tanh.",
                swap=[("(1 - g ** 2)", "g * (1 - g)")]),
        Mistake("no slope for the candidate", "On the way through g the slope of its tanh is missing: U moves a_g, not g.",
                swap=[("(i * (1 - g ** 2))", "i")]),
        Mistake("slope for value on the cell's own way", "`c_from_c` is diag(f (1 - f)). To the old c the gate is a factor, by its value; its slope stands on the way through a_f.",
                swap=[("c_from_c = np.diag(f)", "c_from_c = np.diag(f * (1 - f))")]),
        Mistake("no slopes", "On the ways through i, f and g the slopes of σ and tanh are missing: U moves a, not the gate.",
                swap=[("(g * i * (1 - i))", "g"), ('(old["c"] * f * (1 - f))', 'old["c"]'), ("(i * (1 - g ** 2))", "i")]),
        Mistake("columns scaled instead of rows", "A factor of unit k is multiplied into column k of U. Entry [k, j] of U leads *to* unit k: the factor belongs to the row, `factor[:, None] * U`.",
                swap=[(f"{factor}[:, None] * U_{gate}", f"{factor} * U_{gate}") for gate, factor in FACTORS.items()]),
        Mistake("blocks of U transposed", "Each block of U is transposed. `U_i @ h` is what went forward, so U_i itself is its derivative; the transpose belongs to errors going back.",
                swap=[("np.split(U, 4)", "(block.T for block in np.split(U, 4))")]),
        Mistake("all of it transposed", "All four blocks are transposed: entry [j, k] where [k, j] is asked. Errors go back by the transpose; the Jacobian has a row for each *new* number.",
                swap=[("return h_from_h, h_from_c, c_from_h, c_from_c", "return h_from_h.T, h_from_c.T, c_from_h.T, c_from_c.T")]),
        Mistake("columns scaled throughout", "All your factors scale columns, because a vector times a matrix is taken along the last axis. A factor of unit k belongs to row k: `factor[:, None]`.",
                swap=[*((f"{factor}[:, None] * U_{gate}", f"{factor} * U_{gate}") for gate, factor in FACTORS.items()),
                      ("shows[:, None] * c_from_h", "shows * c_from_h")]),
        Mistake("only the diagonal of each block", "`np.diag(factor) * U` multiplies entry by entry, and only the diagonal of U is left. A matrix product scales the rows: `@`, or `factor[:, None] * U`.",
                swap=[*((f"{factor}[:, None] * U_{gate}", f"np.diag({factor}) * U_{gate}") for gate, factor in FACTORS.items()),
                      ("shows[:, None] * c_from_h", "np.diag(shows) * c_from_h")]),
        Mistake("the slope of tanh on the columns", "Where c's move is carried up into h, o and the slope of tanh multiply the columns of `c_from_h`. They belong to the unit that moves, the row.",
                swap=[("shows[:, None] * c_from_h", "shows * c_from_h")]),
        Mistake("h from h through o only", "From the old h into the new one you count the way through o only. c_t moves with h_{t-1} as well, and h_t with c_t.",
                swap=[("h_from_h = way_o + shows[:, None] * c_from_h", "h_from_h = way_o")]),
        Mistake("h from h through c only", "From the old h into the new one you count the ways through c only. The output gate read h_{t-1} too.",
                swap=[("h_from_h = way_o + shows[:, None] * c_from_h", "h_from_h = shows[:, None] * c_from_h")]),
        Mistake("c for tanh(c) on the way through o", "On the way through the output gate the factor is tanh(c), not c.",
                swap=[("(np.tanh(new[\"c\"]) * o * (1 - o))", "(new[\"c\"] * o * (1 - o))")]),
        Mistake("h for tanh(c) on the way through o", "On the way through the output gate the factor is tanh(c), not h: h has the gate in it already.",
                swap=[("(np.tanh(new[\"c\"]) * o * (1 - o))", "(new[\"h\"] * o * (1 - o))")]),
        Mistake("no slope for the output gate", "On the way through o its slope o (1 - o) is missing.",
                swap=[("(np.tanh(new[\"c\"]) * o * (1 - o))", "np.tanh(new[\"c\"])")]),
        Mistake("h from c missing", "`h_from_c` is 0. h_t does not read c_{t-1} directly, but c_t is made of it, and h_t of c_t.",
                swap=[("h_from_c = shows[:, None] * c_from_c", "h_from_c = 0 * c_from_c")]),
        Mistake("h from c without the forget gate", "From the old c into h the error passes the output gate and the slope of tanh in your code. Before that the old c has passed a gate on its way into c_t.",
                swap=[("h_from_c = shows[:, None] * c_from_c", "h_from_c = np.diag(shows)")]),
        Mistake("the old c in the slope of tanh", "The slope of tanh on the way from c into h is taken at c_{t-1}. h_t shows the new c.",
                swap=[("shows = o * (1 - np.tanh(new[\"c\"]) ** 2)", "shows = o * (1 - np.tanh(old[\"c\"]) ** 2)")]),
        Mistake("the slope of tanh from h", "The slope of tanh on the way from c into h is taken as 1 - h². h is not tanh(c): the gate o has been at it.",
                swap=[("shows = o * (1 - np.tanh(new[\"c\"]) ** 2)", "shows = o * (1 - new[\"h\"] ** 2)")]),
        Mistake("the slope of tanh missing", "On the way from c into h the slope of tanh is missing: h = o * tanh(c).",
                swap=[("shows = o * (1 - np.tanh(new[\"c\"]) ** 2)", "shows = o")]),
        Mistake("the output gate missing", "On the way from c into h the output gate is missing: h = o * tanh(c).",
                swap=[("shows = o * (1 - np.tanh(new[\"c\"]) ** 2)", "shows = 1 - np.tanh(new[\"c\"]) ** 2")]),
        Mistake("the old h's road in c from c", "To `c_from_c` you add what the old c does by way of the old h. Here h_{t-1} is a number of its own, with a block of its own; the two are joined when steps are multiplied.",
                swap=[("c_from_c = np.diag(f)", "c_from_c = np.diag(f) + c_from_h * o * (1 - np.tanh(old[\"c\"]) ** 2)")]),
        Mistake("two blocks exchanged", "`h_from_c` and `c_from_h` have changed places. \"h from c\" is how the new h moves with the old c.",
                swap=[("return h_from_h, h_from_c, c_from_h, c_from_c", "return h_from_h, c_from_h, h_from_c, c_from_c")]),
        Mistake("c's blocks first", "The blocks are right, in the order of (c, h). Here h stands first: h from h, h from c, c from h, c from c.",
                swap=[("return h_from_h, h_from_c, c_from_h, c_from_c", "return c_from_c, c_from_h, h_from_c, h_from_h")]),
    ],
    hints=(
        "Begin with c, and take the two equations for c and h as they stand: which letters in them move when h_{t-1} does? When c_{t-1} does?",
        "Each way from the old h is a factor for each unit, times a block of U: `factor[:, None] * U_i`. The factor is what stands beside the gate in the equation, times the gate's slope.",
        "h = o * tanh(c): whatever moves c by some block moves h by `o * (1 - np.tanh(c) ** 2)` times that block, row by row. Beside it there is one more way from the old h: through o.",
    ),
    passed="Multiply such Jacobians from the last step back and you have the gradient at any lag, all roads included; what `bptt` does is the same without ever forming a matrix.",
)
