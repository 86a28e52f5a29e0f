"""Where a state comes to rest without input, and whether a small push dies out there."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe


def _contracting(rng, D):
    U = rng.normal(size=(D, D))
    return 0.9 * U / np.linalg.norm(U, 2), rng.uniform(-1, 1, size=D), rng.uniform(-1, 1, size=D)


def probes(rng):
    yield Probe("one unit that forgets", (np.array([[0.9]]), np.array([0.0]), np.array([0.9])),
                "With u = 0.9 and no bias the state creeps to 0. The slope of tanh is 1 there, so "
                "that a small push shrinks to 0.9 of itself at each step. Is your rest near 0, and "
                "not at it? Then the step was not repeated often enough: small steps are no rest.",
                {"D": 1})
    yield Probe("one unit that latches", (np.array([[2.0]]), np.array([0.0]), np.array([-0.3])),
                "With u = 2 the state goes to the fixed point on its own side, near −0.96. There 1 "
                "− h² is small: that is what makes a push shrink.", {"D": 1})
    yield Probe("one unit that turns over", (np.array([[-0.8]]), np.array([0.5]), np.array([0.1])),
                "With a negative link each push comes back with the other sign, and smaller. How "
                "fast it dies out is told by its size.", {"D": 1})
    yield Probe("two units, and one turns over", (np.array([[0.4, 0.3], [0.0, -0.9]]), np.zeros(2),
                                                  np.array([0.5, 0.5])),
                "The rest is 0, where the matrix is U. Its eigenvalues are 0.4 and −0.9: which "
                "push lasts longer?", {"D": 2})
    yield Probe("exactly on the ridge", (np.diag([2.0, 0.5]), np.zeros(2), np.zeros(2)),
                "At the origin of this network a state stays, if it is there exactly; along unit 1 "
                "a push doubles at each step.", {"D": 2})
    turn = 0.9 * np.array([[0.6, -0.8], [0.8, 0.6]])
    yield Probe("a rotation", (turn, np.array([0.2, -0.1]), np.array([0.5, 0.5])),
                "This U turns the state as it shrinks: the eigenvalues are complex, and what "
                "counts is their distance from 0.", {"D": 2})
    yield Probe("a chain", (np.array([[0.5, 0.0, 0.0], [3.0, 0.3, 0.0], [0.0, 4.0, -0.4]]),
                            np.array([0.1, -0.2, 0.3]), np.array([0.5, -0.5, 0.2])),
                "Each unit hears the one before it, strongly. A push may grow in passing; in the "
                "long run what counts are the eigenvalues.", {"D": 3})
    for name in ("a random network", "another random network", "a third random network"):
        yield Probe(name, _contracting(rng, 3),
                    "Check the rest first: is tanh(U h + b) again h? Then the matrix that takes a "
                    "small push to what is left of it a step later.", {"D": 3})


def reference(U, b, h):
    """Newton's method near the rest; the Jacobian by complex step; the roots of its polynomial."""
    def jacobian(h):
        pushed = h + 1e-20j * np.eye(len(h))           # row k: a push along unit k
        return np.tanh(pushed @ U.T + b).imag.T / 1e-20

    for _ in range(200):
        h = np.array([np.tanh(sum(row * h) + bias) for row, bias in zip(U, b)])
    for _ in range(5):
        h = h - np.linalg.solve(jacobian(h) - np.eye(len(h)), np.tanh(U @ h + b) - h)
    J, D = jacobian(h), len(h)
    polynomial, power = [1.0], np.eye(D)
    for k in range(1, D + 1):              # Faddeev and Le Verrier: the coefficients from traces
        power = J @ power
        polynomial.append(-np.trace(power) / k)
        power = power + polynomial[-1] * np.eye(D)
    return h, np.abs(np.roots(polynomial)).max() if D > 1 else abs(J[0, 0])


EXERCISE = Code(
    title="Where it rests, and whether it stays",
    level="standard",
    statement=r"""
Without input a step is a map of the state into itself,

$$ h \leftarrow \tanh(U h + b). $$

Start from `h`, (D,), and repeat the step until the state no longer moves: that is a fixed point
$h^*$, the **rest** (1,000 steps are enough for every network tried here). Now push the state by a
tiny $\varepsilon$. One step later the push has become

$$ \mathrm{diag}(1 - h^* \odot h^*)\, U\, \varepsilon, $$

since $1 - \tanh^2$ is the slope of tanh ($\odot$ multiplies entry by entry). In the long run it
changes at each step by the factor $|\lambda|$ of the eigenvalue $\lambda$ of this matrix that is
largest in absolute value: the **growth**. Below 1 the push dies out. Return the rest, (D,), and the
growth, one number. `U` is (D, D), `b` is (D,). There is no batch here: a state is one vector.
""",
    example='''
def cosine_at_rest(x):
    """The same for a map of one number, x <- cos x, whose slope is -sin x."""
    for _ in range(1000):
        x = np.cos(x)
    return x, abs(-np.sin(x))


x, growth = cosine_at_rest(0.1)
print(f"at rest at {x:.4f}, growth {growth:.4f}")
''',
    task="Write it for the network: three to six lines. `np.linalg.eigvals` finds the eigenvalues "
         "of a square matrix.",
    starter='''
def at_rest(U, b, h):
    """The fixed point (D,) to which h comes, and the growth there."""
    ...
    return rest, growth
''',
    returns=("rest", "growth"),
    probes=probes,
    reference=reference,
    tolerance=1e-6,
    mistakes=[
        Mistake("the largest singular value",
                "You measure how much a push can grow in one step. What remains in the long run is "
                "told by the eigenvalues: in a chain of units a push may first grow and still die "
                "out.",
                swap=[("np.abs(np.linalg.eigvals(jacobian)).max()",
                       "np.linalg.norm(jacobian, 2)")]),
        Mistake("the eigenvalues of U alone",
                "You leave out the slope of tanh. At rest far from zero the tanh is flat, and a "
                "push shrinks more than U says.",
                swap=[("jacobian = slope[:, None] * U", "jacobian = U")]),
        Mistake("1 − h for 1 − h²",
                "Your slope is 1 − h. That of tanh is 1 − h²: 1 at zero, and the same on both "
                "sides.",
                swap=[("1 - rest * rest", "1 - rest")]),
        Mistake("the slope of the logistic function",
                "Your slope is h (1 − h), which belongs to the logistic function. That of tanh is "
                "1 − h².",
                swap=[("1 - rest * rest", "rest * (1 - rest)")]),
        Mistake("tanh taken once more in the slope",
                "Your slope is 1 − tanh²(h). The h at rest is a tanh already: its slope is 1 − h².",
                swap=[("1 - rest * rest", "1 - np.tanh(rest) ** 2")]),
        Mistake("the slope at the start",
                "Your slope belongs to the state you started from. The push happens at the rest.",
                swap=[("for _ in range(1000):", "start = h\n    for _ in range(1000):"),
                      ("1 - rest * rest", "1 - start * start")]),
        Mistake("the largest, not the largest in absolute value",
                "You take the largest eigenvalue as it stands. A factor of −0.9 makes a push last "
                "longer than 0.5 does, and a complex one counts by its distance from zero.",
                swap=[("np.abs(np.linalg.eigvals(jacobian)).max()",
                       "np.linalg.eigvals(jacobian).real.max()")]),
        Mistake("the absolute value taken last",
                "You take the largest eigenvalue, and then its absolute value: that comes too "
                "late. First the absolute values, then the largest of them.",
                swap=[("np.abs(np.linalg.eigvals(jacobian)).max()",
                       "np.abs(np.linalg.eigvals(jacobian).max())")]),
        Mistake("no absolute value",
                "You return the largest eigenvalue as NumPy finds it, negative or complex. The "
                "growth is the largest of their absolute values.",
                swap=[("np.abs(np.linalg.eigvals(jacobian)).max()",
                       "np.linalg.eigvals(jacobian).max()")]),
        Mistake("the first eigenvalue",
                "You take the eigenvalue that NumPy names first. They stand in no order: look for "
                "the one largest in absolute value.",
                swap=[("np.abs(np.linalg.eigvals(jacobian)).max()",
                       "np.abs(np.linalg.eigvals(jacobian)[0])")]),
        Mistake("the real parts only",
                "You drop the imaginary parts. A complex eigenvalue turns the push as it shrinks; "
                "the factor is its distance from zero.",
                swap=[("np.abs(np.linalg.eigvals(jacobian)).max()",
                       "np.abs(np.linalg.eigvals(jacobian).real).max()")]),
        Mistake("the smallest eigenvalue",
                "You take the eigenvalue smallest in absolute value: the direction that is "
                "forgotten first. In the long run the largest is left.",
                swap=[("np.abs(np.linalg.eigvals(jacobian)).max()",
                       "np.abs(np.linalg.eigvals(jacobian)).min()")]),
        Mistake("eigenvalues as of a symmetric matrix",
                "`eigvalsh` believes that the matrix is symmetric, and reads only one half of it. "
                "This one is not: `eigvals`.",
                swap=[("np.linalg.eigvals(jacobian)", "np.linalg.eigvalsh(jacobian)")]),
        Mistake("all eigenvalues",
                "You return one number for each eigenvalue. The growth is the largest of them.",
                swap=[("np.abs(np.linalg.eigvals(jacobian)).max()",
                       "np.abs(np.linalg.eigvals(jacobian))")]),
        Mistake("the eigenvalue, not its size",
                "You found the right eigenvalue, and return it as it is: negative, or complex. The "
                "growth is its absolute value.",
                swap=[("np.abs(np.linalg.eigvals(jacobian)).max()",
                       "max(np.linalg.eigvals(jacobian), key=abs)")]),
        Mistake("the size of the matrix",
                "You take the root of the sum of all its squares (what `np.linalg.norm` returns, "
                "unless told otherwise). In the long run only the largest eigenvalue counts.",
                swap=[("np.abs(np.linalg.eigvals(jacobian)).max()", "np.linalg.norm(jacobian)")]),
        Mistake("the determinant",
                "The determinant tells how areas and volumes shrink. A push along the slowest "
                "direction may last though the volume vanishes: look at the eigenvalues.",
                swap=[("np.abs(np.linalg.eigvals(jacobian)).max()",
                       "np.abs(np.linalg.det(jacobian))")]),
        Mistake("U transposed in the step",
                "You step with `h @ U`. For one vector U h is `U @ h`; the product from the other "
                "side takes the transpose, and comes to rest elsewhere.",
                swap=[("U @ h", "h @ U")]),
        Mistake("no bias in the step",
                "The bias is missing from your step: without it the state rests elsewhere.",
                swap=[("np.tanh(U @ h + b)", "np.tanh(U @ h)")]),
        Mistake("no tanh in the step",
                "Your step is U h + b, without the tanh. Then nothing bounds the state, and where "
                "U is large it runs away.",
                swap=[("np.tanh(U @ h + b)", "U @ h + b")]),
        Mistake("starts from zero",
                "You start from zero. Start from the h that is handed over: a network may have "
                "more than one rest, and the start decides which it comes to.",
                swap=[("for _ in range(1000):",
                       "h = np.zeros_like(h)\n    for _ in range(1000):")]),
        Mistake("one step is not at rest",
                "You take a single step. It has to be repeated until the state no longer moves.",
                swap=[("range(1000)", "range(1)")]),
        Mistake("too few steps",
                "Your state still moves: what shrinks by 0.9 a step needs more than 250 steps to "
                "lose twelve digits. Go on until it stands still.",
                swap=[("range(1000)", "range(20)")]),
        Mistake("the start returned as the rest",
                "You return the state you began with, and the growth there.",
                swap=[("rest = h", "rest = start"),
                      ("for _ in range(1000):", "start = h\n    for _ in range(1000):")]),
    ],
    hints=(
        "Two parts. First only repeat the step, and look at the last two states: are they equal?",
        "At rest write down the slope, 1 − h², one number for each unit. diag(s) U multiplies row "
        "i of U by s_i: which shape must s have for `s * U` to do that?",
        "The matrix is `(1 - rest ** 2)[:, None] * U`; then the largest of the absolute values of "
        "`np.linalg.eigvals` of it.",
    ),
    passed="You find the rest of a network and say whether it holds a push or forgets it: that is "
           "how a latch is told from a state that fades.",
)
