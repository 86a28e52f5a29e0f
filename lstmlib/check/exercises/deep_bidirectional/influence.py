"""How far each input moves the last state of either half of a bidirectional network."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe


def probes(rng):
    def drawn(T, M, D_f, D_b, **fixed):
        shapes = {
            "J": (T, D_f, D_f),
            "A": (T, D_f, M),
            "J_back": (T, D_b, D_b),
            "A_back": (T, D_b, M),
        }
        arrays = {
            name: rng.uniform(0.3, 1.0, shape) * rng.choice([-1, 1], shape) / np.sqrt(shape[-1])
            for name, shape in shapes.items()
        }
        return tuple((arrays | fixed).values()), {"T": T, "M": M, "D_f": D_f, "D_b": D_b}

    ladder = np.array([2.0, 3.0, 5.0]).reshape(3, 1, 1)
    args, sizes = drawn(
        3, 1, 1, 1, J=ladder, J_back=ladder, A=np.ones((3, 1, 1)), A_back=np.ones((3, 1, 1))
    )
    yield Probe(
        "one unit, three steps",
        args,
        "One unit a half, all A are 1, and the J are 2, 3 and 5. x_3 goes straight into the forward"
        " half's last state: 1. x_2 is multiplied on its way by the J of step 3, which is 5. And in"
        " the backward half, which reads x_3 first?",
        {"T": 3},
    )
    args, sizes = drawn(1, 3, 2, 5)
    yield Probe(
        "a single position",
        args,
        "One position: its input goes straight into both last states, and no Jacobian lies on the"
        " way. Asked is the root of the sum of all squares of A.",
        {},
    )
    args, sizes = drawn(2, 3, 2, 5)
    yield Probe(
        "two positions",
        args,
        "Two positions. The forward half has read position 2 last, the backward half position 1.",
        sizes,
    )
    args, sizes = drawn(4, 3, 3, 3)
    yield Probe(
        "square matrices",
        args,
        "All matrices are 3 × 3, so that each product fits, right or wrong. Which step acts first"
        " on what x_t has put in? It stands on the right.",
        {"T": 4},
    )
    for T, M, D_f, D_b in ((7, 2, 3, 5), (5, 4, 3, 2)):
        args, sizes = drawn(T, M, D_f, D_b)
        yield Probe(f"random numbers, {T} positions", args, "Everything is random here.", sizes)


def reference(J, A, J_back, A_back):
    """By pushes: one entry of an input moves by 1, and the straight-line system runs to its end."""

    def lengths(J, A):
        found = []
        for pushed in range(len(A)):
            total = 0.0
            for entry in np.eye(A.shape[2]):
                state = np.zeros(A.shape[1])
                for t in range(len(A)):
                    state = J[t] @ state + (A[t] @ entry if t == pushed else 0)
                total += state @ state
            found.append(np.sqrt(total))
        return np.array(found)

    return lengths(J, A), lengths(J_back[::-1], A_back[::-1])[::-1]


LATER, EARLIER = "for t in reversed(range(T)):", "for t in range(T):"
F_LENGTH, F_STEP = "forward[t] = np.linalg.norm(behind @ A[t])", "behind = behind @ J[t]"
B_LENGTH, B_STEP = "backward[t] = np.linalg.norm(ahead @ A_back[t])", "ahead = ahead @ J_back[t]"


def lengths(text):
    """Both lengths by another formula of the matrix P."""
    return [
        (F_LENGTH, f"P = behind @ A[t]\n        forward[t] = {text}"),
        (B_LENGTH, f"P = ahead @ A_back[t]\n        backward[t] = {text}"),
    ]


EXERCISE = Code(
    title="What a last state knows",
    level="standard",
    statement=r"""Of a bidirectional network that has read one sequence the derivatives of every
single step are known. In the forward half they are, at each position $t$,

$$\begin{aligned}
J_t &= \frac{\partial \overrightarrow h_t}{\partial \overrightarrow h_{t-1}}
\quad (D_f \times D_f) \\
A_t &= \frac{\partial^{+} \overrightarrow h_t}{\partial x_t} \quad (D_f \times M)
\end{aligned}$$

Here $A_t$ is the direct influence of an input on the state of its own position. In the backward
half the state before is the one on the right:

$$\begin{aligned}
J^{\leftarrow}_t &= \frac{\partial \overleftarrow h_t}{\partial \overleftarrow h_{t+1}}
\quad (D_b \times D_b) \\
A^{\leftarrow}_t &= \frac{\partial^{+} \overleftarrow h_t}{\partial x_t} \quad (D_b \times M)
\end{aligned}$$

In code these are arrays `J` $(T, D_f, D_f)$, `A` $(T, D_f, M)$, `J_back` $(T, D_b, D_b)$ and
`A_back` $(T, D_b, M)$, in all of which place 0 belongs to position 1 and place $T - 1$ to position
$T$, whichever way the half reads. The vectors are columns, as in the formulas: entry $(i, j)$ is
how fast number $i$ of the result moves with number $j$ of what it is made of.

Each half is left with one last state, $\overrightarrow h_T$ and $\overleftarrow h_1$. How far does
each input move it? Return two arrays of shape $(T,)$: `forward`, the influence of $x_t$ on
$\overrightarrow h_T$, and `backward`, that on $\overleftarrow h_1$. The **influence** is the root
of the sum of the squares of all entries of the matrix $\partial \overrightarrow h_T/\partial x_t$,
and of $\partial \overleftarrow h_1/\partial x_t$.""",
    example="""# the influence of the initial state on the last one: all J, the latest
# on the left
rng = np.random.default_rng(0)
J = 0.5 * rng.normal(size=(3, 2, 2))
product = J[2] @ J[1] @ J[0]
print("root of the sum of squares:", np.sqrt((product ** 2).sum()).round(4))
print("as a function of NumPy:    ", np.linalg.norm(product).round(4))""",
    task=(
        "Which Jacobians lie between $x_t$ and the last state, and on which side does each new "
        "one come? Eight lines or so."
    ),
    starter='''def influence(J, A, J_back, A_back):
    """How far each input moves the last state of either half: two arrays, (T,)."""
    T = len(A)
    forward, backward = np.zeros(T), np.zeros(T)
    ...
    return forward, backward''',
    returns=("forward", "backward"),
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake(
            "the backward half's last state looked for at the end",
            "Your `backward` says how far each input moves the backward half's state at position T,"
            " or takes J_back as if it led from left to right. It reads position T first, and its"
            " last state is the one at position 1.",
            swap=[(EARLIER, LATER)],
        ),
        Mistake(
            "both halves take their last state at the wrong end",
            "Forwards, position T is read last; backwards, position 1 is. You have it the other way"
            " round.",
            swap=[(LATER, "for t in range(0, T):"), (EARLIER, "for t in range(T - 1, -1, -1):")],
        ),
        Mistake(
            "backward in the order of reading",
            "Your `backward` is right but for its order: place 0 is the input that this half reads"
            " first. Place 0 belongs to position 1 in all arrays.",
            swap=[("return forward, backward", "return forward, backward[::-1]")],
        ),
        Mistake(
            "one factor too many",
            "Your product for x_t begins with J_t itself. J_t leads from the state before to the"
            " one that x_t has gone into: an input does not pass it.",
            swap=[
                (F_LENGTH, "forward[t] = np.linalg.norm(behind @ J[t] @ A[t])"),
                (B_LENGTH, "backward[t] = np.linalg.norm(ahead @ J_back[t] @ A_back[t])"),
            ],
        ),
        Mistake(
            "the product in the other order",
            "Each new factor comes from the wrong side. What x_t has put in meets the next step"
            " first: its Jacobian stands on the right, beside A, and the last step's on the left.",
            swap=[(F_STEP, "behind = J[t] @ behind"), (B_STEP, "ahead = J_back[t] @ ahead")],
        ),
        Mistake(
            "the product in the other order, in the forward half",
            "In `forward` each new factor comes from the wrong side. The step that follows x_t"
            " stands on the right, beside A, and the last step on the left.",
            swap=[(F_STEP, "behind = J[t] @ behind")],
        ),
        Mistake(
            "the product in the other order, in the backward half",
            "In `backward` each new factor comes from the wrong side. The step that is made right"
            " after x_t was read stands on the right, beside A_back, and the last step, at position"
            " 1, on the left.",
            swap=[(B_STEP, "ahead = J_back[t] @ ahead")],
        ),
        Mistake(
            "a product of lengths",
            "You multiply the lengths of the matrices. That is a bound, as for the singular values"
            " of chapter 5; the product itself is mostly shorter. Take its length at the end.",
            swap=[
                (F_LENGTH, "forward[t] = behind * np.linalg.norm(A[t])"),
                (F_STEP, "behind = behind * np.linalg.norm(J[t])"),
                (B_LENGTH, "backward[t] = ahead * np.linalg.norm(A_back[t])"),
                (B_STEP, "ahead = ahead * np.linalg.norm(J_back[t])"),
                ("np.eye(J.shape[1])", "1.0"),
                ("np.eye(J_back.shape[1])", "1.0"),
            ],
        ),
        Mistake(
            "entry by entry",
            "`*` multiplies entry by entry. A chain of derivatives is a product of matrices, `@`.",
            swap=[(F_STEP, "behind = behind * J[t]"), (B_STEP, "ahead = ahead * J_back[t]")],
        ),
        Mistake(
            "the Jacobians added",
            "You add the Jacobians up. Ways side by side add; steps one after the other multiply.",
            swap=[(F_STEP, "behind = behind + J[t]"), (B_STEP, "ahead = ahead + J_back[t]")],
        ),
        Mistake(
            "one step only",
            "You take one Jacobian for each input, that of a single step. Everything between x_t"
            " and the last state lies on its way.",
            swap=[(F_STEP, "behind = J[t]"), (B_STEP, "ahead = J_back[t]")],
        ),
        Mistake(
            "transposed Jacobians",
            "Your Jacobians are transposed. That is for an error on its way back, when it is a"
            " column; here what x_t has put in travels with the reading.",
            swap=[(F_STEP, "behind = behind @ J[t].T"), (B_STEP, "ahead = ahead @ J_back[t].T")],
        ),
        Mistake(
            "A left out",
            "You take the length of the product of the Jacobians alone. That is the influence of a"
            " state; an input comes in through A.",
            swap=[
                (F_LENGTH, "forward[t] = np.linalg.norm(behind)"),
                (B_LENGTH, "backward[t] = np.linalg.norm(ahead)"),
            ],
        ),
        Mistake(
            "A alone",
            "You take the length of A: the influence on the state of the same position. Asked is"
            " that on the last one.",
            swap=[
                (F_LENGTH, "forward[t] = np.linalg.norm(A[t])"),
                (B_LENGTH, "backward[t] = np.linalg.norm(A_back[t])"),
            ],
        ),
        Mistake(
            "the largest singular value",
            "With ord=2 the norm of a matrix is its largest singular value. Here it is the root of"
            " the sum of all squares: np.linalg.norm without an order.",
            swap=lengths("np.linalg.norm(P, 2)"),
        ),
        Mistake(
            "squares without the root",
            "You return the sum of the squares, without the root.",
            swap=lengths("(P ** 2).sum()"),
        ),
        Mistake(
            "sizes added",
            "You add up the sizes of the entries. The influence is the root of the sum of their"
            " squares.",
            swap=lengths("np.abs(P).sum()"),
        ),
        Mistake(
            "a mean instead of a sum",
            "You take the root of the mean of the squares: by the number of entries too short.",
            swap=lengths("np.sqrt((P ** 2).mean())"),
        ),
        Mistake(
            "the halves in the other order",
            "You return `backward` first.",
            swap=[("return forward, backward", "return backward, forward")],
        ),
    ],
    hints=(
        (
            "Take T = 3 and write out the derivative of the forward half's last state with respect"
            " to x_1. Which three matrices, and which of them touches A first?"
        ),
        (
            "Begin at the input that was read last: no Jacobian lies behind it. With each step"
            " towards the input that was read first, one more comes in, on the right of what you"
            " have."
        ),
        (
            "Forwards, for t from T - 1 down to 0: note the norm of `behind @ A[t]`, then `behind ="
            " behind @ J[t]`. Backwards the same, for t from 0 up."
        ),
    ),
    passed=(
        "This is the chapter's measure of what either end still knows of each position. At a small"
        " forget bias each half knows least of what it read first; at a large one, or after"
        " training, that need not be so."
    ),
)
