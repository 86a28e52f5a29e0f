"""Recall: a matrix times a matrix is a matrix, and what becomes of the biases."""

from lstmlib.check.exercise import Choice, Option

EXERCISE = Choice(
    kind="recall",
    title="Two layers without a bend",
    level="routine",
    statement=r"""
This one needs only what you brought along: matrices. A network has a hidden layer and a layer that
reads scores off it, but somebody has forgotten the tanh between them:

$$ h = Wx + b, \qquad s = Vh + b_y $$

with $x \in \mathbb R^M$, $W$ of shape $(D, M)$, $V$ of shape $(N, D)$, and $D$ larger than $M$ and
$N$. Which single layer $s = Ax + a$ computes exactly the same scores?""",
    options=[
        Option("A = VW, of shape (N, M), and a = b + b_y",
               "The bias b is added before V is applied, so V acts on it too. The shapes say so as "
               "well: b has D entries and b_y has N, and they can't be added."),
        Option("A = WV, of shape (D, D), and a = Wb + b_y",
               "x meets W first, so W stands on the right, next to x. And V takes D numbers to N: "
               "WVx would need an x with D entries."),
        Option("A = VW, of shape (N, M), and a = Vb + b_y", right=True),
        Option("A = VW, of shape (N, M), and a = b_y: the first bias is lost",
               "At x = 0 the hidden layer gives b, not 0, and the scores are Vb + b_y. Your layer "
               "would give b_y."),
        Option("A = (VW)ᵀ, of shape (M, N), and a = Vb + b_y",
               "A takes M numbers to N, so it needs N rows and M columns. Nothing has been "
               "transposed on the way."),
        Option("None: with D hidden units in between the two can do more than one layer can",
               "Write Wx + b in place of h and multiply out: however large D is, each score is a "
               "weighted sum of the entries of x plus a constant. What would give the hidden units "
               "something to do is the bend."),
    ],
    hints=(
        "Put the first equation into the second.",
        "A matrix in front of a bracket acts on everything in the bracket.",
        "Check the shapes: the matrix must take M numbers to N, and the constant must have N "
        "entries.",
    ),
    passed="s = V(Wx + b) + b_y = (VW)x + (Vb + b_y). All the weights of two layers, and the reach "
           "of one: that is why a network bends its numbers with a tanh between the layers.",
)
