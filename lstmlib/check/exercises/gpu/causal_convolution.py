"""A convolution that never looks ahead, and goes on where the last chunk ended."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe


def drawn(rng, T, B, M, D, k):
    draw = lambda *shape: np.round(rng.uniform(0.3, 1.2, shape) * rng.choice([-1, 1], shape), 2)
    return draw(k, D, M), draw(D), draw(T, B, M), draw(k - 1, B, M)


def probes(rng):
    sizes = {"T": 5, "B": 1, "M": 3, "D": 2}
    K, b, x, past = drawn(rng, **sizes, k=4)
    pulse = np.zeros(x.shape)
    pulse[1] = 1
    yield Probe("only the bias", (0 * K, b, x, past), "The kernel is 0: every output is b. What is "
                "handed on has nothing to do with the kernel: it is the last k - 1 inputs.", sizes)
    yield Probe("a pulse at step 1", (K, 0 * b, pulse, 0 * past),
                "All inputs are 0 but those of step 1, and so is the past. Step 1 answers through "
                "K[0], step 2 through K[1], and so on; step 0 can't know of it.", sizes)
    yield Probe("only the past", (K, 0 * b, 0 * x, past),
                "x and b are 0, so what comes out is what the past still says: it is heard at the "
                "first steps, its last entry longest.", sizes)
    yield Probe("size 1", drawn(rng, 5, 2, 3, 7, 1),
                "A kernel of size 1 has no past: `past` has length 0, and so has the new one. "
                "(Mind that a slice `[-0:]` takes everything.)", {"T": 5, "B": 2, "M": 3, "D": 7})
    yield Probe("chunks shorter than the kernel", drawn(rng, 2, 1, 3, 5, 7),
                "Two steps, and a kernel of seven: the new past still holds steps of the old one.",
                {"T": 2, "B": 1, "M": 3, "D": 5})
    yield Probe("a single step", drawn(rng, 1, 3, 2, 5, 3),
                "One step at a time, as when a text is being written.",
                {"T": 1, "B": 3, "M": 2, "D": 5})
    yield Probe("M = D", drawn(rng, 5, 2, 3, 3, 2),
                "As many inputs as outputs, so that a transposed kernel fits.",
                {"T": 5, "B": 2, "M": 3, "D": 3})
    for T, B, M, D, k in ((7, 5, 3, 2, 4), (11, 2, 5, 7, 3)):
        yield Probe(f"random numbers, size {k}", drawn(rng, T, B, M, D, k),
                    "Everything is random here. Which step is the first to be wrong?",
                    {"T": T, "B": B, "M": M, "D": D})


def reference(K, b, x, past):
    """By the sum as it is printed, one number after the other."""
    k, heard = len(K), np.concatenate([past, x])
    outputs = np.zeros((*x.shape[:2], K.shape[1]))
    for t, n, d in np.ndindex(outputs.shape):
        outputs[t, n, d] = b[d] + sum(np.dot(K[j, d], heard[k - 1 + t - j, n]) for j in range(k))
    return outputs, heard[len(x):]


ALL = "heard = np.concatenate([past, x])"
SUM = "outputs = sum(heard[k - 1 - j:k - 1 - j + T] @ K[j].T for j in range(k))"
BIAS, KEEP = "outputs = outputs + b", "new_past = heard[T:]"

EXERCISE = Code(
    title="A convolution that never looks ahead",
    level="standard",
    statement=r"""A recurrent network must wait for $h_{t-1}$. A *causal convolution* hears the last $k$ inputs themselves, and no state:

$$ y_t = b + \sum_{j=0}^{k-1} K_j\, x_{t-j} $$

So no step waits for another, and all can be computed at once. *Causal* means that it never hears an input later than $t$.

`K` has the shape $(k, D, M)$: `K[0]` multiplies the input of this very step, `K[1]` that of the step before, and so on. `b` is $(D,)$. `x` is a batch of sequences, $(T, B, M)$, with time along axis 0.

Long recordings come in chunks, and the first steps of a chunk hear the last ones of the chunk before. Those are handed over as `past`, $(k-1, B, M)$: the $k - 1$ inputs before `x[0]`, oldest first (all zero where a sequence begins). Return

- `outputs`, $(T, B, D)$;
- `new_past`, $(k-1, B, M)$, to be handed over with the next chunk.

$T$ may be smaller than $k$, and $k$ may be 1. A loop over the $k$ taps is fine; a loop over the steps is what we want to be rid of.

The example is something smaller: each step's *difference* to the step before.""",
    example="""def difference(x, before):
    heard = np.concatenate([before, x])       # one step earlier
    return heard[1:] - heard[:-1], heard[-1:]


x = np.array([3.0, 5.0, 4.0, 4.0, 9.0])
print(difference(x, np.zeros(1))[0])
first, before = difference(x[:2], np.zeros(1))
second, _ = difference(x[2:], before)
print(first, second)                         # in two chunks: the same""",
    task="Now the convolution. Four to six lines.",
    starter='''def causal_convolution(K, b, x, past):
    """The outputs, and what the next chunk has to hear of this one."""
    k, T = len(K), len(x)
    ...
    return outputs, new_past''',
    returns=("outputs", "new_past"),
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("the kernel flipped",
                "The oldest input meets K[0] and the newest the last tap. Here K[0] is for this "
                "very step. (Libraries store it your way round: there the last tap is the newest.)",
                swap=[(SUM, SUM.replace("K[j]", "K[k - 1 - j]"))]),
        Mistake("it looks ahead",
                "Step t hears x[t], x[t + 1] and so on. The inputs before t are meant: pad in "
                "front, not behind.",
                swap=[(SUM, "ahead = np.concatenate([x, 0 * past])\n"
                            "    outputs = sum(ahead[j:j + T] @ K[j].T for j in range(k))")]),
        Mistake("it looks ahead, and the kernel is flipped",
                "You have padded behind, so that step t hears later inputs: those after it are "
                "what a prediction must not know.",
                swap=[(SUM, "ahead = np.concatenate([x, 0 * past])\n"
                            "    outputs = sum(ahead[j:j + T] @ K[k - 1 - j].T "
                            "for j in range(k))")]),
        Mistake("padded on both sides",
                "The kernel sits in the middle of its step, half of it in the future. That is what "
                "convolutions for pictures do; in time, all of the padding goes in front.",
                swap=[(SUM, "both = np.concatenate([0 * past[:(k - 1) // 2], x, "
                            "0 * past[(k - 1) // 2:]])\n"
                            "    outputs = sum(both[k - 1 - j:k - 1 - j + T] @ K[j].T "
                            "for j in range(k))")]),
        Mistake("a step late",
                "Step t hears x[t - 1] through K[0]: everything is a step late, and a step never "
                "hears its own input.",
                swap=[(SUM, "late = np.concatenate([0 * x[:1], heard])\n"
                            "    outputs = sum(late[k - 1 - j:k - 1 - j + T] @ K[j].T "
                            "for j in range(k))")]),
        Mistake("the last tap missing",
                "The sum ends one tap too early: K[k - 1] is never used.",
                swap=[(SUM, "outputs = np.zeros((T, x.shape[1], len(b)))\n"
                            "    for j in range(k - 1):\n"
                            "        outputs = outputs + "
                            "heard[k - 1 - j:k - 1 - j + T] @ K[j].T")]),
        Mistake("this step's input missing",
                "The sum begins at K[1]: a step does not hear its own input.",
                swap=[(SUM, "outputs = np.zeros((T, x.shape[1], len(b)))\n"
                            "    for j in range(1, k):\n"
                            "        outputs = outputs + "
                            "heard[k - 1 - j:k - 1 - j + T] @ K[j].T")]),
        Mistake("the past is not heard",
                "The first steps hear zeros in place of `past`. Every chunk then begins as if "
                "nothing had been before it.",
                swap=[(SUM, SUM.replace("heard[", "fresh[")), (ALL, ALL + "\n    fresh = "
                       "np.concatenate([0 * past, x])")]),
        Mistake("zeros for the past",
                "You put zeros in front of x, and `past` isn't used at all. It is right for the "
                "first chunk of a sequence, and for no other.",
                swap=[(ALL, "heard = np.concatenate([0 * past, x])")]),
        Mistake("the past behind",
                "`past` stands behind x. It was before: put it in front.",
                swap=[(ALL, "heard = np.concatenate([x, past])")]),
        Mistake("slices that begin one too late",
                "With the past in front, x[t] is entry k - 1 + t. Your slices begin one later, and "
                "the first of them runs out at the end.",
                swap=[(SUM, "outputs = sum(heard[k - j:k - j + T] @ K[j].T for j in range(k))")]),
        Mistake("the past backwards",
                "You read `past` newest first. Its first entry is the oldest.",
                swap=[(ALL, ALL + "\n    turned = np.concatenate([past[::-1], x])"),
                      (SUM, SUM.replace("heard[", "turned["))]),
        Mistake("round the corner",
                "The first steps hear the last ones of the same chunk: `np.roll` brings in at the "
                "front what it pushes out at the end, and that lies in the future.",
                swap=[(SUM, "outputs = sum(np.roll(x, j, axis=0) @ K[j].T for j in range(k))")]),
        Mistake("bias forgotten", "b is not added.", swap=[(BIAS, "outputs = outputs")]),
        Mistake("a bias for each tap",
                "b is added once for each tap, k times in all. There is one bias a step.",
                swap=[(BIAS, "outputs = outputs + k * b")]),
        Mistake("the kernel transposed",
                "`@ K[j]` where `@ K[j].T` is right: a sequence is a row here. It fits only where "
                "M = D.", swap=[(SUM, SUM.replace("K[j].T", "K[j]"))]),
        Mistake("the first inputs kept",
                "What is handed on is the beginning of the chunk. The next chunk hears the end.",
                swap=[(KEEP, "new_past = x[:k - 1]")]),
        Mistake("only this chunk kept",
                "The new past is cut from x alone. Where a chunk is shorter than k - 1 steps, some "
                "of the old past is still to be heard. (With k = 1, `x[-0:]` is all of x as well.)",
                swap=[(KEEP, "new_past = x[-(k - 1):] if k > 1 else x[-0:]")]),
        Mistake("everything kept where there is no past",
                "With k = 1 nothing is handed on. `heard[-(k - 1):]` is then `heard[-0:]`, and "
                "that is everything.",
                swap=[(KEEP, "new_past = heard[-(k - 1):]")]),
        Mistake("a step too many kept",
                "You hand on k steps. The next chunk has its own first input; it lacks k - 1.",
                swap=[(KEEP, "new_past = np.concatenate([0 * x[:1], heard])[T:]")]),
        Mistake("the past handed on as it came",
                "What you hand on is the past that you were given, the beginning of what was "
                "heard. The next chunk needs the end.", swap=[(KEEP, "new_past = past.copy()")]),
        Mistake("the newest first",
                "You hand on the right steps in the wrong order: the oldest comes first.",
                swap=[(KEEP, "new_past = heard[T:][::-1]")]),
        Mistake("outputs handed on",
                "You hand on outputs. A convolution remembers inputs; it has no state of its own.",
                swap=[(KEEP, "new_past = np.concatenate([np.zeros((k - 1, *outputs.shape[1:])), "
                             "outputs])[T:]")]),
    ],
    hints=(
        "Put the past in front of x, and all that is heard lies in one array of k - 1 + T steps. "
        "Where in it is x[t]? And x[t - j]?",
        "x[t - j] is heard[k - 1 + t - j]. For all t at once that is a slice of length T; it "
        "begins at k - 1 - j. What the next chunk needs is what is left when the first T are "
        "dropped.",
        "heard = np.concatenate([past, x]); add up heard[k - 1 - j:k - 1 - j + T] @ K[j].T over j, "
        "and b; keep heard[T:].",
    ),
    passed="k products, whatever T is, and no step waits for another. The price: after k - 1 steps "
           "an input is gone, while a state may keep it. And in chunks, or one step at a "
           "time, it hands on k - 1 inputs, as a recurrent net does its state.",
)
