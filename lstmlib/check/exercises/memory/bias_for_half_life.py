"""The forget bias for a wished half-life, exact also for very long ones."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe


def probes(rng):
    def probe(name, steps, says):
        return Probe(name, (np.array(steps, float),), says, {"D": len(steps)})

    yield probe("one step", [1], "If half is gone after one step, the gate is 1/2, and its bias 0.")
    yield probe(
        "1, 10 and 100 steps",
        [1, 10, 100],
        "The bias has to make σ(b)^k = 1/2. Put yours in: what is left after k steps?",
    )
    yield probe(
        "less than a step",
        [0.1, 0.3, 0.8],
        "A half-life below one step needs a gate below 1/2, and so a negative bias.",
    )
    yield probe(
        "random half-lives",
        np.round(rng.uniform(1.5, 50, 5), 1),
        "Put your bias in: is σ(b)^k = 1/2?",
    )
    yield probe("100,000 steps", [1e5], "The gate is 0.9999931, and the bias near 12.")
    yield probe(
        "a million million steps and more",
        [1e12, 3e13, 1e15],
        "The shorter half-lives are right, and these are off in some of their digits. The gate is"
        " so near to 1 here that f has hardly a digit left for the difference: a 1 is taken away"
        " from something that is nearly 1. `np.expm1(x)` is e^x - 1 with all digits.",
    )


def reference(half_life):
    """By bisection, in the logarithm of what is left: k ln(1 + e^-b) = ln 2."""
    low, high = np.full(half_life.shape, -100.0), np.full(half_life.shape, 100.0)
    for _ in range(200):
        middle = (low + high) / 2
        too_short = half_life * np.logaddexp(0, -middle) > np.log(2)
        low, high = np.where(too_short, middle, low), np.where(too_short, high, middle)
    return np.where(half_life == 1, 0.0, low)


LOST, BIAS = "lost = np.log(2) / half_life", "b = -np.log(np.expm1(lost))"


def by_gate(gate, bias="b = np.log(f / (1 - f))"):
    return [(LOST, f"f = {gate}"), (BIAS, bias)]


EXERCISE = Code(
    title="A bias for a wished half-life",
    level="standard",
    statement=r"""Before training a forget gate is $\sigma(b_f)$, with $\sigma(a) = 1/(1 + e^{-a})$, and after $k$ steps the share $\sigma(b_f)^k$ of an old content is left. You know how long your task's gaps are, and want cells of certain half-lives.

`half_life` is an array of shape $(D,)$, one wish a unit, in steps (positive, not always whole). Return the forget biases, shape $(D,)$: the $b_f$ for which $\sigma(b_f)^k = 1/2$.

Half-lives from a tenth of a step to $10^{15}$ steps are asked for, and seven digits have to be right for all of them. That is a real demand: for $10^{15}$ steps the gate is $1 - 0.0000000000000007$, and of that a floating-point number keeps 16 digits.""",
    example="""# The same demand elsewhere: e^x - 1, when x is small.
for x in (0.1, 1e-15):
    plain = np.exp(x) - 1                        # 1 taken away from nearly 1
    good = np.expm1(x)                           # the same, with all its digits
    print(f"x = {x:.0e}: {plain:.10g} or {good:.10g}")""",
    task="Two to four lines. Write down the gate first, then the bias that makes it, then look at which two nearly equal numbers would be subtracted.",
    starter='''def forget_bias(half_life):
    """The biases, (D,), for half-lives of so many steps."""
    ...
    return b''',
    returns="b",
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake(
            "digits lost near 1",
            "The formula is right. But for very long half-lives f is so near to 1 that 1 - f is"
            " mostly rounding, and so are 1/f - 1, 2^(1/k) - 1 and e^x - 1 as they stand."
            " `np.expm1(x)` is e^x - 1 with all its digits: which x makes it 1/f - 1?",
            swap=by_gate("0.5 ** (1 / half_life)"),
        ),
        Mistake(
            "the gate, not its bias",
            "You return the gate f. Which pre-activation makes σ come to it?",
            swap=by_gate("0.5 ** (1 / half_life)", "b = f"),
        ),
        Mistake(
            "the sign turned",
            "The biases have the other sign: yours shut the gates that should be open. For long"
            " half-lives the bias is positive.",
            swap=[(BIAS, "b = np.log(np.expm1(lost))")],
        ),
        Mistake(
            "time to 1/e",
            "After so many steps your gates leave 1/e, 37 %, where half was asked for. (A log2(2)"
            " in the place of ln 2 does this, too.)",
            swap=[(LOST, "lost = 1 / half_life")],
        ),
        Mistake(
            "two bases",
            "There is a log10(2) where e is the base of everything else: your half-lives come out"
            " more than three times too long.",
            swap=[(LOST, "lost = np.log10(2) / half_life")],
        ),
        Mistake(
            "the rule for long half-lives",
            "ln(k / ln 2) is what the bias comes to for long half-lives. For short ones it is off,"
            " by a third of a unit at one step.",
            swap=[(BIAS, "b = -np.log(lost)")],
        ),
        Mistake(
            "the logarithm of the half-life",
            "ln k is near the bias for which 1/e is left after k steps, and for large k only. Solve"
            " σ(b)^k = 1/2 for b.",
            swap=[(BIAS, "b = np.log(half_life)")],
        ),
        Mistake(
            "a gate of 1 - 1/k",
            "ln(k - 1) is the bias of the gate 1 - 1/k, of which about 1/e is left after k steps. It"
            " is a usual way to begin, and not a half-life; below one step there is none.",
            swap=[(BIAS, "b = np.log(half_life - 1)")],
        ),
        Mistake(
            "along a straight line",
            "You take half of the whole, evenly: 1 - 0.5/k a step. Each step takes a share of what"
            " is left, so the gate is the k-th root of 1/2.",
            swap=by_gate("1 - 0.5 / half_life"),
        ),
        Mistake(
            "the slope in the place of the root",
            "1 - ln(2)/k is the gate for long half-lives only. The k-th root of 1/2 is exact for"
            " all.",
            swap=by_gate("1 - np.log(2) / half_life"),
        ),
        Mistake(
            "a power in the place of a root",
            "You raise 1/2 to the power k. The gate is the number whose k-th power is 1/2, so 1/2"
            " to the power 1/k.",
            swap=[(LOST, "lost = np.log(2) * half_life")],
        ),
        Mistake(
            "the inverse of tanh",
            "You undo a tanh. A gate is σ, and its inverse is ln(f / (1 - f)).",
            swap=by_gate("0.5 ** (1 / half_life)", "b = np.arctanh(f)"),
        ),
        Mistake(
            "the logarithm of the gate",
            "You return ln f. That undoes e^b; a gate is 1 / (1 + e^-b).",
            swap=[(BIAS, "b = -lost")],
        ),
        Mistake(
            "the exponent's sign",
            "You take ln of something negative, and NaN comes back: 1/f is e to the power +x, with"
            " x = ln(2)/k.",
            swap=[(BIAS, "b = -np.log(np.expm1(-lost))")],
        ),
    ],
    hints=(
        "First f: its k-th power is 1/2. Then b: from f = 1 / (1 + e^-b) it follows that e^-b ="
        " 1/f - 1.",
        "Together: e^-b = 2^(1/k) - 1, and 2^(1/k) is e^x with x = ln(2)/k.",
        "e^x - 1 for a tiny x is what `np.expm1(x)` is made for. What is left to do is one"
        " logarithm and a sign.",
    ),
    passed="Now you can start a layer at the length of its task: give its units half-lives from a"
    " few steps to the longest gap, and write these numbers into the forget entries of b.",
)
