"""The weights of an LSTM from a file that has another order of blocks, and two biases."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe


def probes(rng):
    def blocks(*shape):
        """Four blocks i o f c whose numbers begin with 1, 2, 3 and 4: one sees where each went."""
        return np.concatenate(
            [k + np.round(rng.uniform(0.01, 0.9, shape), 2) for k in (1, 2, 3, 4)]
        )

    def drawn(M, D):
        draw = lambda *shape: np.round(rng.normal(size=shape), 2)
        return draw(4 * D, M), draw(4 * D, D), draw(8 * D)

    told = " The numbers of the four stored blocks begin with 1, 2, 3 and 4; i f g o is 1, 3, 4, 2."
    M, D = 3, 2
    yield Probe(
        "one unit, no biases",
        (blocks(1, M), blocks(1, 1), np.zeros(8)),
        "W and U are the stored W and R with their blocks in the other order." + told,
        {"M": M, "D": 1},
    )
    yield Probe(
        "two units",
        (blocks(D, M), blocks(D, D), np.concatenate([blocks(D), 10 * blocks(D)])),
        "b is one number for each row: its two stored biases together."
        + told
        + " In the second half of B they are ten times as large.",
        {"M": M, "D": D},
    )
    for M, D, name in (
        (5, 3, "random numbers"),
        (3, 3, "M = D"),
        (2, 5, "random numbers, more units than inputs"),
    ):
        yield Probe(
            name,
            drawn(M, D),
            "The shapes are right and the numbers stand in other places, or are other numbers. "
            "Compare with a small case in which you can name each block.",
            {"M": M, "D": D},
        )


def reference(W, R, B):
    """Row by row: where does each row of the book's order stand in the file?"""
    D = len(W) // 4
    rows = ["iofc".index(block) * D + k for block in "ifco" for k in range(D)]
    return (
        np.array([W[r] for r in rows]),
        np.array([R[r] for r in rows]),
        np.array([B[r] + B[4 * D + r] for r in rows]),
    )


EXERCISE = Code(
    title="Weights from elsewhere",
    level="standard",
    statement="""An LSTM has been trained elsewhere and stored in the ONNX format. This book stacks its blocks as i f g o (g is the candidate) and has one bias; the file has

- `W`, `(4D, M)`, which multiplies $x_t$, and `R`, `(4D, D)`, which multiplies $h_{t-1}$, their blocks stacked from the top in the order **i o f c** (c is the candidate),
- `B`, `(8D,)`: first the `4D` biases that are added to the product with `W`, then the `4D` biases that are added to the product with `R`, each in the order i o f c.

(In a real file all three have one more axis in front, for the direction of reading; it has been taken off.) A block is $D$ rows. Write what turns the file's three arrays into ours: `W` `(4D, M)`, `U` `(4D, D)` and `b` `(4D,)`, such that the LSTM computes the same as before.

The example does it for a smaller cell whose file has the blocks *b c a*, where *a b c* is wanted.""",
    example="""def in_our_order(stored):
    b, c, a = np.split(stored, 3)       # three blocks, as the file has them
    return np.concatenate([a, b, c])


stored = np.array([20, 21, 30, 31, 10, 11])
in_our_order(stored)""",
    task=(
        "Now the LSTM: four blocks, three arrays, and two biases where we have one. Four lines or"
        " more."
    ),
    starter='''def from_file(W, R, B):
    """W, U and b in this book's order, from the file's arrays."""
    ...
    return our_W, our_U, our_b''',
    returns=("W", "U", "b"),
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake(
            "blocks left as they are",
            "The blocks are still i o f c. The shapes fit, the network runs, and three of its four"
            " layers do each other's work.",
            swap=[("concatenate([i, f, c, o])", "concatenate([i, o, f, c])")],
        ),
        Mistake(
            "the order inverted",
            "The blocks come out as i g o f: you have carried i f g o into i o f c, and not the"
            " other way. Take out i o f c first, and put together i f g o.",
            swap=[("concatenate([i, f, c, o])", "concatenate([i, c, o, f])")],
        ),
        Mistake(
            "candidate and output gate exchanged",
            "The blocks come out as i f o g. The candidate is the third of ours and the last of the"
            " file's.",
            swap=[("concatenate([i, f, c, o])", "concatenate([i, f, o, c])")],
        ),
        Mistake(
            "forget gate and candidate exchanged",
            "The blocks come out as i g f o. The forget gate is the second of ours.",
            swap=[("concatenate([i, f, c, o])", "concatenate([i, c, f, o])")],
        ),
        Mistake(
            "R left as it is",
            "W and b are in order; R still has its blocks as i o f c.",
            swap=[("ordered(R)", "R")],
        ),
        Mistake(
            "biases left in their order",
            "The matrices are in order; the bias still has its blocks as i o f c.",
            swap=[("ordered(for_W + for_R)", "for_W + for_R")],
        ),
        Mistake(
            "only W in order",
            "R and B still have their blocks as i o f c. A unit's row of W, its row of U and its"
            " bias belong together.",
            swap=[("ordered(R)", "R"), ("ordered(for_W + for_R)", "for_W + for_R")],
        ),
        Mistake(
            "half of the biases lost",
            "The second half of B is left out. Both halves are added in the file's cell, so both"
            " must be in ours.",
            swap=[("for_W + for_R", "for_W")],
        ),
        Mistake(
            "the first half of the biases lost",
            "The first half of B is left out. Both halves are added in the file's cell, so both"
            " must be in ours.",
            swap=[("for_W + for_R", "for_R")],
        ),
        Mistake(
            "mean of the two biases",
            "You take the mean of the two biases. The file's cell adds both, so ours needs their"
            " sum.",
            swap=[("for_W + for_R", "(for_W + for_R) / 2")],
        ),
        Mistake(
            "B in one piece",
            "You cut B in four, as W: then two gates' biases make one block, and b is twice too"
            " long. B has eight blocks, four for W and four for R: halve it first.",
            swap=[("ordered(for_W + for_R)", "ordered(B)")],
        ),
        Mistake(
            "the two biases multiplied",
            "You multiply the two biases. The file's cell adds one and then the other.",
            swap=[("for_W + for_R", "for_W * for_R")],
        ),
        Mistake(
            "B cut gate by gate",
            "You read B as if the two biases of each gate stood side by side. The first 4D numbers"
            " belong to W, all four gates of them.",
            swap=[("np.split(B, 2)", "B.reshape(4, 2, -1).swapaxes(0, 1).reshape(2, -1)")],
        ),
        Mistake(
            "B cut number by number",
            "You read B as if the two biases of each unit stood side by side. The first 4D numbers"
            " belong to W, all of them.",
            swap=[("np.split(B, 2)", "B[::2], B[1::2]")],
        ),
        Mistake(
            "blocks interleaved",
            "You take every fourth row for a gate. A block is D rows one below the other.",
            swap=[("np.split(stored, 4)", "stored[::4], stored[1::4], stored[2::4], stored[3::4]")],
        ),
        Mistake(
            "blocks of R transposed",
            "Each block of R is transposed. Some formats do store transposes, Keras for one; this"
            " one doesn't.",
            swap=[("ordered(R)", "np.concatenate([block.T for block in np.split(ordered(R), 4)])")],
        ),
        Mistake(
            "W and R exchanged",
            "What multiplies x and what multiplies h have changed places. That fits only where M"
            " = D.",
            swap=[("return ordered(W), ordered(R)", "return ordered(R), ordered(W)")],
        ),
    ],
    hints=(
        "Write a small function that orders one array, as in the example, and use it three times.",
        (
            "Take the blocks out under the file's names, `i, o, f, c = np.split(stored, 4)`, and"
            " put them together under ours."
        ),
        (
            "The two halves of B: `np.split(B, 2)`. The file's cell adds W x, one bias, R h and the"
            " other bias. What would one bias have to be?"
        ),
    ),
    passed=(
        "Nothing fails when an order is misread, so this is done once, with care, and then tried:"
        " one step on random numbers, in both programs."
    ),
)
