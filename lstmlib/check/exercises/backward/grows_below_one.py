"""A unit whose gradient grows although its forget gate is below one, away from c = 0."""

import itertools

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe

STEPS, WANTED = 20, 100.0


def probes(rng):
    for f_max, c_0 in ((0.9, 0.5), (0.5, -0.8), (0.99, 0.2),
                       (float(rng.uniform(0.4, 0.95)), float(rng.uniform(0.2, 1) * rng.choice([-1, 1])))):
        yield Probe(f"gate below {f_max:.3g}, start at {c_0:.3g}", (f_max, c_0), "Run your unit on these two numbers and look at f and c, step by step.")


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def run(u, b, h, c):
    """Forget gates, cell states and |dc_t/dc_0| of all steps; the tangent travels with the state."""
    d_h, d_c, gates, cells, sizes = 0.0, 1.0, [], [c], [1.0]
    for _ in range(STEPS):
        a = u * h + b
        i, f, o = sigmoid(a[[0, 1, 3]])
        g = np.tanh(a[2])
        moved = u * d_h * np.array([i * (1 - i), f * (1 - f), 1 - g * g, o * (1 - o)])
        d_c = f * d_c + c * moved[1] + g * moved[0] + i * moved[2]
        c = f * c + i * g
        h = o * np.tanh(c)
        d_h = o * (1 - np.tanh(c) ** 2) * d_c + np.tanh(c) * moved[3]
        gates.append(f)
        cells.append(c)
        sizes.append(abs(d_c))
    return np.array(gates), np.array(cells), np.array(sizes)


def right(f_max, u, b, h, c):
    gates, _, sizes = run(u, b, h, c)
    return gates.max() < f_max and sizes[-1] >= WANTED


def verify(args, got):
    f_max, c_0 = args
    u, b, h_0 = (np.asarray(got[name]) for name in ("u", "b", "h_0"))
    for name, value, shape in (("u", u, (4,)), ("b", b, (4,)), ("h_0", h_0.squeeze(), ())):
        if value.dtype.kind not in "biuf" or value.shape != shape:
            return f"`{name}` should be {'four real numbers, shape (4,)' if shape else 'one real number'}; it has shape {value.shape}."
        if not np.isfinite(value).all():
            return f"`{name}` has an entry that is infinite or no number."
    u, b, h_0 = u.astype(float), b.astype(float), float(h_0.squeeze())
    if abs(h_0) >= 1:
        return f"`h_0` is {h_0:.4g}. An h is a share of a tanh, so it lies between -1 and 1."
    with np.errstate(all="ignore"):
        if right(f_max, u, b, h_0, c_0):
            return None
        return _slip(f_max, c_0, u, b, h_0) or _behaviour(f_max, c_0, u, b, h_0)


def _slip(f_max, c_0, u, b, h_0):
    """Would it be right if one thing were mended? Then that is the mistake."""
    def mended(**changed):
        return right(f_max, **({"u": u, "b": b, "h": h_0, "c": c_0} | changed))

    def bias(k, value):
        return np.where(np.arange(4) == k, value, b)

    for order in itertools.permutations(range(4)):
        if mended(u=u[list(order)], b=b[list(order)]):
            return "blocks in another order"
    if mended(b=bias(1, np.log(b[1] / (1 - b[1])))):
        return "a share where a pre-activation belongs"
    if mended(b=bias(2, np.arctanh(b[2] + u[2] * h_0) - u[2] * h_0)):
        return "the candidate without its tanh"
    if mended(b=bias(2, b[2] - u[2] * h_0)):
        return "what u brings is not taken off"
    if mended(b=bias(2, b[2] - 2 * u[2] * h_0)):
        return "what u brings is added once more"
    a = u * h_0 + b
    if mended(b=bias(2, np.arctanh(np.tanh(a[2]) / sigmoid(a[0])) - u[2] * h_0)):
        return "the input gate forgotten"
    if mended(b=bias(1, -b[1])):
        return "the forget gate's other side"
    if mended(b=bias(1, b[1] - np.log(-np.expm1(b[1])))):
        return "half of the way back through σ"
    fitting = sigmoid(a[3]) * np.tanh(c_0)
    if mended(h=fitting) or mended(h=fitting, b=a - u * fitting):
        return "h_0 does not fit"
    return None


def _behaviour(f_max, c_0, u, b, h_0):
    gates, cells, sizes = run(u, b, h_0, c_0)
    high, moved, peak = gates.max(), np.abs(cells - c_0).max(), sizes.max()
    if high >= f_max:
        return "a forget gate too high"
    if not u.any():
        return "no road through h"
    told = f"|dc_20/dc_0| is {sizes[-1]:.3g} (it should be at least {WANTED:.0f})"
    if moved < 1e-3 * abs(c_0):
        return "at rest, and too little gained"
    if sizes[-1] < sizes[-6]:
        return "the state runs away"
    return (f"{told}. c goes from {c_0:.3g} by {cells[1]:.3g} and {cells[2]:.3g} to {cells[-1]:.3g}; the largest of the 20 gradients, {peak:.3g}, "
            f"comes at step {int(sizes.argmax())}. Where does c have to be for one step to gain, and how long does yours stay there?")


EXERCISE = Code(
    title="It grows, with every gate below one",
    level="open",
    statement=r"""An LSTM of one unit, without an input. Each letter is one number; $u$ and $b$ have four numbers each, for $i$, $f$, $g$ and $o$ in this order:

$$\begin{aligned}
a_t &= u\, h_{t-1} + b \\
i_t &= \sigma(a_i) \quad f_t = \sigma(a_f) \quad o_t = \sigma(a_o) \\
g_t &= \tanh(a_g) \\
c_t &= f_t\, c_{t-1} + i_t\, g_t \\
h_t &= o_t \tanh(c_t)
\end{aligned}$$

*With every forget gate below 1 the gradient must fade*, people say. Refute it. You are given a bound `f_max` below 1 and a start `c_0` that is **not** 0, between $-1$ and $1$. Return `u`, `b` (four numbers each) and `h_0`, between $-1$ and $1$, such that in a run of 20 steps

- every forget gate is below `f_max`, and still
- $|\mathrm{d}c_{20} / \mathrm{d}c_0| \geq 100$, on all roads, with $h_0$ as a number of its own that does not move.

There are many right answers; yours is run and looked at. If $c$ were 0, it could simply stay there: with $b_g = 0$ nothing is ever written, and one step is worth $f + i\,u_g\,o$. The cell below tries such a unit out, with a gate of 0.9; you may use `try_out` for yours. But yours must not begin at 0, and wherever $c$ grows large, the slope of its tanh goes to 0 and the road through $h$ is closed.""",
    example='''def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def try_out(u, b, h, c):
    """Forget gates and c over 20 steps, and dc_20/dc_0 by a push of c_0."""
    gates, cells, c = [], [], c + 1e-20j
    for _ in range(20):
        a = u * h + b
        i, f, o = sigmoid(a[[0, 1, 3]])
        c = f * c + i * np.tanh(a[2])
        h = o * np.tanh(c)
        gates.append(f.real)
        cells.append(c.real)
    return gates, cells, c.imag / 1e-20


u, b = np.array([0, 0, 4.0, 0]), np.array([0, np.log(9), 0, 0])
gates, cells, gradient = try_out(u, b, h=0.0, c=0.0)
print(f"gates up to {max(gates):.2f}, c_20 = {cells[-1]:.2f}")
print(f"dc_20/dc_0 = {gradient:.0f}")''',
    task="Think before you write; eight to twelve lines will do. `np.log` and `np.arctanh` lead from a gate and a candidate back to their pre-activations.",
    starter='''def growing_unit(f_max, c_0):
    """u and b (i, f, g, o) and a start h_0 whose gradient grows."""
    ...
    return u, b, h_0''',
    returns=("u", "b", "h_0"),
    probes=probes,
    verify=verify,
    mistakes=[
        Mistake("a forget gate too high", "A forget gate reaches the bound. Without that it would be no feat; let the gate be shut a little more, and let another road bring the gain.",
                swap=[("f = 0.9 * f_max", "f = (1 + f_max) / 2")]),
        Mistake("a share where a pre-activation belongs", "The second entry of b is the forget gate itself. b goes through σ before it is a gate: which a gives the share you want?",
                swap=[("b_f = np.log(f / (1 - f))", "b_f = f")]),
        Mistake("blocks in another order", "In another order of the four blocks this would be right. Here they stand i, f, g, o.",
                swap=[("np.array([b_i, b_f, b_g, b_o])", "np.array([b_i, b_g, b_f, b_o])"), ("[0, 0, u_g, 0]", "[0, u_g, 0, 0]")]),
        Mistake("the candidate without its tanh", "The candidate's pre-activation is set to the value that the candidate should have. It goes through a tanh yet, and the small difference grows with the gradient.",
                swap=[("b_g = np.arctanh(g) - u_g * h_0", "b_g = g - u_g * h_0")]),
        Mistake("what u brings is not taken off", "The candidate would be as you want it if b alone made it; but u * h is added. Take off what it brings.",
                swap=[("b_g = np.arctanh(g) - u_g * h_0", "b_g = np.arctanh(g)")]),
        Mistake("what u brings is added once more", "In the bias of the candidate u * h_0 stands with a plus. It comes anyway, with the h: take it off.",
                swap=[("b_g = np.arctanh(g) - u_g * h_0", "b_g = np.arctanh(g) + u_g * h_0")]),
        Mistake("the input gate forgotten", "The candidate would keep c where it is if it were written as it is. It is written through the input gate: c_0 = f c_0 + i g.",
                swap=[("g = (1 - f) * c_0 / i", "g = (1 - f) * c_0")]),
        Mistake("the forget gate's other side", "The forget gate is 1 minus what you want: the sign of its pre-activation is turned round.",
                swap=[("b_f = np.log(f / (1 - f))", "b_f = np.log((1 - f) / f)")]),
        Mistake("half of the way back through σ", "The second entry of b is log f. From a share f back to its pre-activation leads log(f / (1 - f)).",
                swap=[("b_f = np.log(f / (1 - f))", "b_f = np.log(f)")]),
        Mistake("h_0 does not fit", "c would stay where it is, if h_0 were the h that belongs to c_0: look at the last line of the equations. With another one an early step pushes it off, and it does not come back.",
                swap=[("h_0 = o * np.tanh(c_0)", "h_0 = np.tanh(c_0)")]),
        Mistake("no road through h", "All of u is 0, so nobody hears h, and the gradient is the product of the forget gates. Then it must fade: open a road through h.",
                swap=[("u_g = (2 - f) / slope", "u_g = 0.0")]),
        Mistake("at rest, and too little gained", "c stays where it is, which is well done; but one step there is worth too little: 20 of them do not make 100. What is it worth, in f, i, g, o, c and u? Make it 1.6 or more.",
                swap=[("u_g = (2 - f) / slope", "u_g = (1.05 - f) / slope")]),
        Mistake("the state runs away", "c does not stay where it begins. It moves off to a place where steps gain nothing (the slopes of tanh are small there), and at the end of the run the gradient shrinks. How must u and b be chosen, so that c_0 and h_0 are what the next step makes of them?",
                swap=[("b_g = np.arctanh(g) - u_g * h_0", "b_g = 0.0")]),
    ],
    hints=(
        "A gradient grows for long only where the state does not run away. When does a unit that starts at c_0 stay at c_0?",
        "It stays if c_0 = f c_0 + i g and h_0 = o tanh(c_0). Choose the gates as you like, f below the bound, and work out the g that this needs. A pencil can stand on its tip: resting there and being stable are two things.",
        "At rest, one step is worth f + i (1 - g²) u_g o (1 - tanh² c_0): choose u_g so that it is 2. Then b_g follows, since tanh(u_g h_0 + b_g) has to be the g that you need.",
    ),
    passed="Every gate below the bound, and the gradient has grown a hundredfold: the state rests on a point from which the smallest push leads away, and a gradient is about small pushes.",
)
