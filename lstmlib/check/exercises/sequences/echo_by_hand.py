"""A recurrent network set by hand that echoes a letter after any lag, judged by what it does."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe

NAMES = ("W", "U", "b", "V", "b_y")


def probes(rng):
    for K, lag, says in ((3, 2, "Lag 2: the letter has to survive two steps."),
                         (2, 1, "Lag 1: name the letter before."),
                         (2, 0, "Lag 0: name the letter that is being read."),
                         (4, 3, "Lag 3, four letters."),
                         (3, 7, "Lag 7."),
                         (4, 16, "Lag 16, which training did not find.")):
        yield Probe(f"{K} letters, lag {lag}", (K, lag), says, {"K": K})


def said(net, letters, K):
    """What the network names at each step, (T, B); -1 where two letters share the largest score."""
    W, U, b, V, b_y = net
    h, named = np.zeros((letters.shape[1], len(b))), []
    for x in np.eye(K)[letters]:
        h = np.tanh(x @ W.T + h @ U.T + b)
        s = h @ V.T + b_y
        ahead = np.sort(s, axis=1)
        named.append(np.where(ahead[:, -1] > ahead[:, -2], s.argmax(axis=1), -1))
    return np.array(named)


def share(net, K, lag, letters):
    """How many of the letters `lag` steps back it names, from 0 to 1."""
    asked = len(letters) - lag
    return (said(net, letters, K)[lag:] == letters[:asked]).mean()


def verify(args, got):
    K, lag = args
    W, U, b, V, b_y = net = tuple(np.asarray(got[name], dtype=float) for name in NAMES)
    D = b.size
    for name, part, shape in zip(NAMES, net, ((D, K), (D, D), (D,), (K, D), (K,))):
        if part.shape != shape:
            return (f"{name} has the shape {part.shape}, and with {D} entries in b and {K} letters "
                    f"it should have {shape}.")
        if not np.all(np.isfinite(part)):
            return f"{name} holds a number that is nan or infinite."
    letters = np.random.default_rng(K + 100 * lag).integers(K, size=(3 * lag + 12, 5))
    if share(net, K, lag, letters) == 1:
        return None
    if share((W, U.T, b, V, b_y), K, lag, letters) == 1:
        return "U transposed"
    if share((W, U - np.diag(np.diag(U)), b, V, b_y), K, lag, letters) == 1:
        return "held fast"
    first = W.copy()
    first[K:] = 0
    if share((first, U, b, V, b_y), K, lag, letters) == 1:
        return "the letter everywhere"
    if lag and share(net, K, lag - 1, letters) == 1:
        return "one step short"
    if share(net, K, lag + 1, letters) == 1:
        return "one step over"
    if lag and share(net, K, 0, letters) == 1:
        return "the present letter"
    if lag and not U.any():
        return "no wire"
    if share((W, np.eye(D, k=-K), b, V, b_y), K, lag, letters) == 1:
        return "wires to the wrong units"
    if (said(net, letters, K)[lag:] == -1).mean() > 0.5:
        return ("At most steps two letters share the largest score, so that it names none. Does "
                "each row of V listen to units of its own?")
    where = said(net, letters, K)[lag:] == letters[:len(letters) - lag]
    if where[0].all():
        return ("At the first letter that is asked for it is right, later not: in all it names "
                f"{where.mean():.0%}. Something of the letters that came before is still there and "
                "disturbs. Whoever hands a letter on must let go of it.")
    return (f"It names {where.mean():.0%} of the letters {lag} steps back; a blind guess would "
            f"name {1 / K:.0%}. Follow a single letter: which unit holds it at the next step, and "
            "at the one after?")


EXERCISE = Code(
    title="An echo set by hand",
    level="open",
    statement=r"""
A stream of letters, each one of $K$, drawn at random. At each step name the letter that came `lag`
steps *before*. A recurrent network that is trained for this manages lag 8, and at lag 16 it may not
find the way. Is it that such a network *can't*? Show that it can: set the weights yourself.

The network reads a letter as a one-hot vector $x_t$ with $K$ entries, has $D$ hidden units, and
gives $K$ scores; the letter with the largest score is its answer. Before the first letter $h$ is
zero:

$$ h_t = \tanh(W x_t + U h_{t-1} + b), \qquad s_t = V h_t + b_y . $$

Write `echo(K, lag)`, which returns the five arrays `W` $(D, K)$, `U` $(D, D)$, `b` $(D,)$, `V` $(K,
D)$ and `b_y` $(K,)$. You choose $D$. There are many right answers; yours is judged by what it does
on random letters, up to lag 16. As soon as there is a letter `lag` steps back, every answer must be
right; two letters that share the largest score count as wrong.""",
    example='''\
def run(W, U, b, V, b_y, letters):
    """What the network names at each step."""
    h, named = np.zeros(len(b)), []
    for letter in letters:
        x = np.eye(V.shape[0])[letter]
        h = np.tanh(W @ x + U @ h + b)
        named.append(int((V @ h + b_y).argmax()))
    return named


# One unit that answers 1 from the first letter 1 on, and 0 before it.
W, U, b = np.array([[0.0, 5.0]]), np.array([[5.0]]), np.zeros(1)
V, b_y = np.array([[0.0], [1.0]]), np.array([0.5, 0.0])
print(run(W, U, b, V, b_y, [0, 0, 1, 0, 0]))''',
    task="""
The example is a network for another job, with a single unit: it goes up at the first 1, and its
link to itself keeps it there. Row $j$ of $U$ says whom unit $j$ listens to. Now the echo.""",
    starter='''\
def echo(K, lag):
    """A recurrent network that names the letter `lag` steps before."""
    ...
    return W, U, b, V, b_y''',
    returns=NAMES,
    probes=probes,
    verify=verify,
    mistakes=[
        Mistake("one step short",
                "It names the letter lag - 1 steps back, one step too few. A letter must be handed "
                "on as often as there are steps; count the blocks of units, the one that reads "
                "included.",
                swap=[("V[:, lag * K:] = np.eye(K)", "V[:, max(lag - 1, 0) * K:max(lag, 1) * K] = "
                                                     "np.eye(K)")]),
        Mistake("one step over",
                "It names the letter one step too far back, lag + 1. The block that reads holds "
                "the present letter already: that is lag 0.",
                source='''\
def echo(K, lag):
    D = (lag + 2) * K
    V = np.zeros((K, D))
    V[:, -K:] = np.eye(K)
    return np.eye(D, K), np.eye(D, k=-K), np.zeros(D), V, np.zeros(K)
'''),
        Mistake("the present letter",
                "It names the letter that it is reading. The readout V listens to the units that "
                "hear x; it should listen to those to which the letter has been handed on.",
                swap=[("V[:, lag * K:] = np.eye(K)", "V[:, :K] = np.eye(K)")]),
        Mistake("U transposed",
                "U is transposed: letters are handed from the later units to the earlier ones, and "
                "never arrive. Row j of U says whom unit j listens to: the block before its own.",
                swap=[("U = np.eye(D, k=-K)", "U = np.eye(D, k=K)")]),
        Mistake("held fast",
                "Units listen to themselves: the diagonal of U is not zero. So they keep what they "
                "held while the next letter comes in, and the letters pile up. A unit that hands "
                "on should let go.",
                swap=[("U = np.eye(D, k=-K)", "U = np.eye(D, k=-K) + np.eye(D)")]),
        Mistake("the letter everywhere",
                "Every block hears the present letter: W is not zero below its first K rows, so "
                "what was handed on is mixed with what is being read. Only the first block should "
                "read.",
                swap=[("W[:K] = np.eye(K)", "W[:] = np.tile(np.eye(K), (lag + 1, 1))")]),
        Mistake("no wire",
                "U is zero, so nothing of the last step is heard in the next. That is a network "
                "without memory.",
                swap=[("U = np.eye(D, k=-K)", "U = np.zeros((D, D))")]),
        Mistake("wires to the wrong units",
                "W and V are right, it is U: with other wires your network would do it. Row j of U "
                "says whom unit j listens to, and that should be the unit for the same letter, one "
                "block before: how many places back is that?",
                swap=[("U = np.eye(D, k=-K)", "U = np.eye(D, k=-1)")]),
    ],
    hints=(
        "Begin with lag 1 and two blocks of K units. The first reads the letter. What should the "
        "second listen to?",
        "A queue: block 0 holds the present letter, block 1 what block 0 held a step ago, and so "
        "on. Each block listens to the one before it, the readout to the last. How many blocks are "
        "there for a given lag?",
        "`np.eye(D, k=-K)` is an identity shifted down by K rows: row j has its 1 in column j - K, "
        "so that unit j listens to unit j - K.",
    ),
    passed="A recurrent network can keep a letter for 16 steps, or for any number, at the price of "
           "K units a step. Where training fails, it is the search that fails, not the network.",
)
