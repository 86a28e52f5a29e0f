"""An orthogonal matrix from a random one, by whatever road."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe

NEAR, NEAR_SINGLE = 1e-8, 1e-5
MADE = []                                   # (A, Q) of the answer that is looked at


def probes(rng):
    MADE.clear()
    yield Probe("two rows", args=(np.array([[3.0, 1.0], [4.0, -2.0]]),), sizes={"D": 2},
                says="A matrix with two rows and two columns, (3, 4) and (1, -2): work it out on "
                     "paper.")
    for D in (3, 5, 7, 11):
        yield Probe(f"a random matrix, D = {D}", args=(rng.normal(size=(D, D)),), sizes={"D": D},
                    says=f"A random matrix of {D} rows and {D} columns.")
    yield Probe("another random matrix, D = 5", args=(rng.normal(size=(5, 5)),), sizes={"D": 5},
                says="A second matrix of 5 rows and 5 columns.")


def seen_before(A, Q):
    """Was the same Q made of another A?"""
    MADE.append((A, Q))
    return any(A.shape == other.shape and not np.array_equal(A, other) and np.array_equal(Q, made)
               for other, made in MADE)


def unfinished(A):
    """Column by column, with a column in the place of a finished one: four ways to do it wrong."""
    for of, lengths in (("A", False), ("A", True), ("Q", False), ("unit A", False)):
        Q = np.zeros_like(A)
        taken = {"A": A, "Q": Q, "unit A": A / np.linalg.norm(A, axis=0)}[of]
        for j in range(len(A)):
            Q[:, j] = A[:, j] - sum((taken[:, k] @ A[:, j]) * taken[:, k] for k in range(j))
            if lengths:
                Q[:, j] /= np.linalg.norm(Q[:, j])
        yield Q
        yield Q / np.linalg.norm(Q, axis=0)


def verify(args, Q):
    """By property: does it turn without stretching, and does A matter? If not, what is it?"""
    A, = args
    D = len(A)
    Q = np.asarray(Q)
    if Q.shape == (D,):
        return (f"You return {D} numbers, perhaps the singular values or the diagonal of "
                f"something. A matrix is wanted, of shape {(D, D)}.")
    if Q.ndim == 3 and Q.shape[1:] == (D, D):
        return ("You return several matrices, perhaps all the pieces of a decomposition. Which "
                "one of them turns and does not stretch?")
    if Q.shape != (D, D):
        return f"Your matrix has shape {Q.shape}, expected {(D, D)}, as A has."
    if Q.dtype.kind not in "fiu" or not np.isfinite(Q).all():
        return ("Your matrix has entries that are complex, infinite or NaN. (The eigenvectors of "
                "a matrix that is not symmetric can be complex, and do not stand at right angles.)")
    near = NEAR_SINGLE if Q.dtype.itemsize < 8 else NEAR

    def alike(one, other):
        return bool(np.abs(one - other).max() < near)

    gram, other = Q.T @ Q, Q @ Q.T
    if alike(gram, np.eye(D)) and alike(other, np.eye(D)):
        plain = alike(np.abs(Q), np.round(np.abs(Q)))
        return "nothing of A in it" if plain or seen_before(A, Q) else None
    if any(alike(Q, each) for each in unfinished(A)):
        return "a column that was not finished"
    square = np.diag(np.diag(gram))
    if alike(gram, square) and np.diag(gram).min() > near:
        if np.ptp(np.diag(gram)) < near:
            return "all lengths alike, but not 1"
        return "right angles, but lengths are not 1"
    if alike(np.triu(Q), Q):
        return "the triangular factor"
    sigma = np.linalg.svd(Q, compute_uv=False)
    columns, rows = np.sqrt(np.diag(gram)), np.sqrt(np.diag(other))
    if alike(columns, np.ones(D)):
        dots = np.abs(np.triu(gram, 1))
        if alike(dots[0], np.zeros(D)) or alike(np.abs(np.diag(dots, 1)), np.zeros(D - 1)):
            return "not at right angles to all before it"
        return "columns scaled"
    if alike(rows, np.ones(D)):
        return "rows scaled"
    if alike(Q, Q.T):
        return "symmetric"
    if abs(sigma[0] - 1) < near:
        return "divided by the largest stretch"
    if abs(np.abs(np.linalg.eigvals(Q)).max() - 1) < near:
        return "divided by the largest eigenvalue"
    if abs(abs(np.linalg.det(Q)) - 1) < near:
        return "divided by the determinant"
    if abs(np.linalg.norm(Q) - 1) < near:
        return "one vector of length 1"
    return (f"Yours stretches some vectors by {sigma[0]:.3g} and others by {sigma[-1]:.3g}; an "
            f"orthogonal matrix has only singular "
            "values of 1. Look at `Q.T @ Q`: where does it differ from the identity?")


EXERCISE = Code(
    title="A matrix that turns and does not stretch",
    level="standard",
    statement=r"""A matrix $Q$ is **orthogonal** if it leaves every vector as long as it was. Three
ways to say so: $Q^\top Q$ is the identity; the columns have length 1 and stand at right angles to
one another; all singular values are 1. A product of any number of such matrices is orthogonal
again, and that is why one begins with them where a memory shall last.

You get `A`, a square matrix of shape $(D, D)$ drawn at random. Make an orthogonal matrix **from
it**: another `A` has to give another `Q`. There are several roads, all of them right, and the
check asks only what comes out. Two of them: take the columns of `A` one after the other, remove
from each what it shares with those before it, and give it length 1; or take the right piece of a
decomposition that NumPy has (`np.linalg.qr`, `np.linalg.svd`).""",
    example='''# In two dimensions: a turn by an angle. After a thousand turns
# nothing has become longer or shorter.
c, s = np.cos(0.3), np.sin(0.3)
Q = np.array([[c, -s], [s, c]])
print("Q^T Q:", (Q.T @ Q).round(12).tolist())
many = np.linalg.matrix_power(Q, 1000)
print("singular values:", np.linalg.svd(many, compute_uv=False).round(12))''',
    task="Write `orthogonal(A)`. One line does it with a decomposition, about six without.",
    starter='''def orthogonal(A):
    """A matrix made from A that turns and does not stretch, (D, D)."""
    ...
    return Q''',
    returns="Q",
    probes=probes,
    verify=verify,
    mistakes=[
        Mistake(
            "columns scaled",
            "Every column has length 1, but they do not stand at right angles: `Q.T @ Q` has ones "
            "on its diagonal and more beside it.",
            source="def orthogonal(A):\n    return A / np.linalg.norm(A, axis=0)",
        ),
        Mistake(
            "rows scaled",
            "Every row has length 1, but rows and columns do not stand at right angles: `Q @ Q.T` "
            "has ones on its diagonal and more beside it.",
            source="def orthogonal(A):\n    return A / np.linalg.norm(A, axis=1, keepdims=True)",
        ),
        Mistake(
            "not at right angles to all before it",
            "Each column has length 1, and some right angles are there, but not all: from column "
            "k remove what it shares with *every* column before it, not only with the first or "
            "with the last.",
            source="""
            def orthogonal(A):
                Q = A / np.linalg.norm(A, axis=0)
                for k in range(1, len(A)):
                    Q[:, k] = A[:, k] - (Q[:, 0] @ A[:, k]) * Q[:, 0]
                    Q[:, k] = Q[:, k] / np.linalg.norm(Q[:, k])
                return Q
            """,
        ),
        Mistake(
            "a column that was not finished",
            "`(q @ column) * q` is what a column shares with q only if q is a finished column, of "
            "length 1. Divide each by its length before you work on the next, and take the "
            "finished one, not A's.",
            source="""
            def orthogonal(A):
                Q = A.copy()
                for j in range(len(A)):
                    for k in range(j):
                        Q[:, j] -= (Q[:, k] @ A[:, j]) * Q[:, k]
                return Q / np.linalg.norm(Q, axis=0)
            """,
        ),
        Mistake(
            "right angles, but lengths are not 1",
            "The columns stand at right angles, but they differ in length: divide each by its own.",
            source="def orthogonal(A):\n    Q, R = np.linalg.qr(A)\n    return Q * np.arange(2, "
                   "len(A) + 2)",
        ),
        Mistake(
            "all lengths alike, but not 1",
            "It turns, and it stretches everything by one and the same factor, which is not 1. In "
            "a hundred steps that factor stands to the power of a hundred.",
            source="def orthogonal(A):\n    return np.linalg.qr(A)[0] / np.sqrt(len(A))",
        ),
        Mistake(
            "symmetric",
            "Yours is symmetric, Q = Qᵀ. Orthogonal is something else: not that Q and Qᵀ are "
            "equal, but that one undoes the other.",
            source="def orthogonal(A):\n    return (A + A.T) / 2",
        ),
        Mistake(
            "divided by the largest stretch",
            "You divide A by its largest singular value: now nothing grows, but all directions "
            "but one shrink. An orthogonal matrix has *all* singular values at 1.",
            source="def orthogonal(A):\n    return A / np.linalg.norm(A, 2)",
        ),
        Mistake(
            "divided by the largest eigenvalue",
            "You divide A by the size of its largest eigenvalue: in the long run its powers "
            "neither grow nor fade, but some vectors still grow in a step and most shrink.",
            source="def orthogonal(A):\n    return A / np.abs(np.linalg.eigvals(A)).max()",
        ),
        Mistake(
            "divided by the determinant",
            "A determinant of 1 or -1 keeps volumes: what is stretched one way shrinks another. "
            "Lengths must stay, each of them.",
            source="def orthogonal(A):\n    return A / np.abs(np.linalg.det(A)) ** (1 / len(A))",
        ),
        Mistake(
            "one vector of length 1",
            "You divide A by the length of all its entries taken together. Each *column* has to "
            "have length 1, and right angles are still missing.",
            source="def orthogonal(A):\n    return A / np.linalg.norm(A)",
        ),
        Mistake(
            "the triangular factor",
            "You return the triangular piece of the decomposition, which holds all the "
            "stretching. The other one is the orthogonal one.",
            source="def orthogonal(A):\n    return np.linalg.qr(A)[1]",
        ),
        Mistake(
            "nothing of A in it",
            "Orthogonal it is, but the same for another A, or one that only exchanges entries. It "
            "has to be made from A, so that each A gives another.",
            source="def orthogonal(A):\n    rng = np.random.default_rng(0)\n"
                   "    return np.linalg.qr(rng.normal(size=A.shape))[0]",
        ),
    ],
    hints=(
        "The condition in code: `Q.T @ Q` is the identity. What does it say of column 0 and "
        "column 1? Begin with these two.",
        "By hand: for each column of A subtract, for every finished column q, `(q @ column) * q`; "
        "divide what is left by its length. This is what a QR decomposition does for you.",
        "`np.linalg.qr(A)` gives two matrices whose product is A: one turns, the other is "
        "triangular. Which of the two do you want?",
    ),
    passed="Any road that ends in Qᵀ Q = 1 is right. If all turns are to be equally likely, one "
           "detail is left: the signs of a QR decomposition. The library's `orthogonal`, and "
    "PyTorch's, multiply the columns by the signs of R's diagonal; the solution shows why.",
)
