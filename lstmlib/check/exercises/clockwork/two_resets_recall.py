"""Recall, chapter 11: where the two resets of a GRU agree, now with modules."""

from lstmlib.check.exercise import Choice, Option

EXERCISE = Choice(
    kind="recall",
    title="Two resets, sorted into modules",
    level="standard",
    statement=r"""Two chapters ago there were two GRUs. In one the reset gate works after the product, in the other before it; the rest is the same:

$$ n_t = \tanh\bigl(W_n x_t + b_n + r_t \odot (U_n h_{t-1})\bigr) $$

$$ n_t = \tanh\bigl(W_n x_t + b_n + U_n (r_t \odot h_{t-1})\bigr) $$

Somebody sorts the units of both into modules of several units, as in a clockwork network, and gives **each module one reset gate**: at a step all units of a module have the same number in $r_t$, anything from 0 to 1, while different modules may have different ones. (There are no clocks here: everybody computes at every step.) Then she cuts blocks out of $U_n$, the same in both. The entries that are left may be anything. After which cuts do the two agree, at every step and whatever the gates say?""",
    options=[
        Option("After any, and without a cut too: all units of a module have the same r, and one "
               "common number may stand before a matrix or behind it.",
               "Within a module that holds. But take a module that hears another. Its own gate "
               "multiplies what it hears in the first network, the other's gate in the second."),
        Option("When the blocks below the diagonal are gone, as in a clockwork network; those "
               "above it may stay.",
               "With the upper triangle left the fast module hears the slow one, through a block "
               "with the fast one's r in the first network and the slow one's in the second. Let "
               "one be 0 and the other 1."),
        Option("When only the blocks on the diagonal are left, so that no module hears another.",
               right=True),
        Option("Only when U_n is diagonal, so that no unit hears another.",
               "That is enough, and more than is needed. Within a module r is one number: what "
               "does it do to a product, before it or after it?"),
        Option("After no cut: the two agree only when the state is zero, or when all of r is 0, or "
               "all of it 1.",
               "Those are cases, and there are others. Take one module alone, with r = 0.3 for all "
               "its units: 0.3 (U h) and U (0.3 h) are the same. Which cut leaves only such "
               "products?"),
    ],
    hints=(
        "Write down what module m gets from module k, with the block U^{mk} between them, once in "
        "each network.",
        "r^m U^{mk} h^k in the one, U^{mk} r^k h^k in the other. Each r is a single number here.",
        "So their difference is (r^m - r^k) U^{mk} h^k. It must be zero for all r and h: for which "
        "m and k does it take care of itself, and what must U^{mk} be for the others?",
    ),
    passed="After the product the gate sits at the ear, before it at the mouth. The two agree "
           "where ear and mouth have the same gate: in a block on the diagonal. The cases of "
           "chapter 11, one r for all or a diagonal U_n, are its two ends: one module, or "
           "as many as units. The clockwork's triangle is not enough.",
)
