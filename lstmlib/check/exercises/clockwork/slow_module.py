"""Open: a clockwork network, set by hand, that keeps one input of eight."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe

ROUND, UNITS, CLEAR, LARGEST, GRACE = 8, 8, 0.5, 1000, 2
STEPS, BATCH, FROM = 800, 12, 16
NAMES = ("periods", "W", "U", "b")


def probes(rng):
    for r in (0, 3, 4, 6):
        yield Probe(f"r = {r}", (r,), "Run your network on coins, as in the example, and compare h "
                    "of unit 0 with the input of the last step that counts.")


def run(periods, W, U, b, x):
    """h of all units at each step, (T, B, D), for a batch of lines x, (T, B)."""
    h, found = np.zeros((x.shape[1], len(b))), []
    heard = np.where(periods[:, None] <= periods, U, 0.0)
    for t, line in enumerate(x):
        a = line[:, None] * W + h @ heard.T + b
        h = np.where(t % periods == 0, np.tanh(a), h)
        found.append(h)
    return np.array(found)


def coins(seed):
    return np.random.default_rng(seed).choice([-1.0, 1.0], (STEPS, BATCH))


def last(x, every, place, late=0):
    """At each step t the input of the last step, by t - late, at `place` in a turn of `every`."""
    t = np.arange(len(x))
    at = t - late - (t - late - place) % every
    return np.where((at >= 0)[:, None], x[np.maximum(at, 0)], 0)


def asked(r):
    """At which steps it is asked: some after the start, and not while the new one comes in."""
    t = np.arange(STEPS)
    return (t >= FROM) & ((t - r) % ROUND >= GRACE)


def verify(args, got):
    """None if unit 0 tells the right input wherever it is asked; else what it does."""
    r, = args
    for name in NAMES:
        if np.asarray(got[name]).dtype.kind not in "biuf":
            return f"`{name}` should hold real numbers."
    W, U, b = (np.asarray(got[name], dtype=float) for name in NAMES[1:])
    periods = np.asarray(got["periods"], dtype=float)
    if W.ndim == 2 and W.shape[1] == 1:
        W = W[:, 0]
    D = periods.size
    for name, value, shape in (("periods", periods, (D,)), ("W", W, (D,)), ("U", U, (D, D)),
                               ("b", b, (D,))):
        if value.shape != shape:
            return (f"`{name}` has shape {value.shape}, expected {shape}: `periods` has one number "
                    f"for each unit, so that D = {D}.")
        if not np.isfinite(value).all() or np.abs(value).max(initial=0) > LARGEST:
            return f"`{name}` holds a number that is not finite or beyond ±{LARGEST}."
    if not 1 <= D <= UNITS:
        return f"Your network has {D} units; from 1 to {UNITS} are allowed."
    if (periods < 1).any() or (periods % 1).any():
        return "A period is a whole number, at least 1."
    if U[periods[:, None] > periods].any():
        return "a slow unit listens to a faster one"
    ask = asked(r)
    x = np.concatenate([coins(seed) for seed in range(2)], axis=1)
    h = run(periods, W, U, b, x)[:, :, 0]
    due = last(x, ROUND, r)
    if (h * due > CLEAR)[ask].all():
        return None
    return told(h, x, due, r, ask)


def told(h, x, due, r, ask):
    """What a network that fails does instead: a known mistake or a sentence."""
    t, said = np.arange(STEPS), np.sign(h)
    agrees = lambda other, where=ask: (said == other)[where].all()
    if agrees(due):
        fresh, old = (np.abs(h[ask & ((t - r) % ROUND == k)]).min() for k in (GRACE, ROUND - 1))
        return "it fades" if fresh > CLEAR >= old else "too faint"
    if agrees(-due):
        return "upside down"
    for late in range(3):
        if agrees(last(x, 1, 0, late)):
            return "it follows every input"
    for place in range(ROUND):
        if place == r:
            continue
        settled = ask & ((t - place) % ROUND >= GRACE)
        if agrees(last(x, ROUND, place), settled):
            if place == 0:
                return "a sleeper is to catch it"
            if (place - r) % ROUND in (1, ROUND - 1):
                return "one step too late" if place == (r + 1) % ROUND else "one step too early"
            return (f"It keeps the input of every eighth step, and of the wrong one: of the steps "
                    f"{place}, {place + ROUND}, {place + 2 * ROUND} and so on, where {r}, "
                    f"{r + ROUND}, {r + 2 * ROUND} were asked for.")
    for every in (2, 4):
        settled = ask & ((t - r) % every >= min(GRACE, every - 1))
        if any(agrees(last(x, every, r % every, late), settled) for late in range(2)):
            return "more often than every eighth"
    for every in range(3, 2 * ROUND + 1):
        if agrees(last(x, every, 0), ask & (t % every >= min(GRACE, every - 1))):
            return (f"It keeps the input of the steps 0, {every}, {2 * every}, {3 * every} and so "
                    f"on; asked for are {r}, {r + ROUND}, {r + 2 * ROUND}. A period says how often "
                    "a unit wakes. Where in the round it does, you can't choose: at its multiples.")
    fresh = [(t >= FROM) & ((t - r) % ROUND == k) for k in (GRACE - 1, GRACE)]
    if any((h * due > CLEAR)[steps].all() for steps in fresh):
        return "it fades"
    if np.ptp(h[ask], axis=0).max() < 1e-3:
        return "it never changes"
    wrong = h * due <= CLEAR
    step, row = (int(k[0]) for k in np.nonzero(wrong & ask[:, None]))
    since = (step - r) % ROUND
    return (f"At step {step} unit 0 has h = {h[step, row]:.2f}, where the input of step "
            f"{step - since} was {due[step, row]:.0f}. Of all that was asked "
            f"{100 * (1 - wrong[ask].mean()):.0f} % is right; a coin has 50 %.")


WANTED = "wanted = 1 if (r - 1) // period % 2 == 0 else -1"
HOLD, CATCH = "U[hold, [hold, plus, minus]] = g, g, -g", "W[[plus, minus]] = g, -g"
SLEEPER, AND = "if r == 0:", "b[[plus, minus]] = -3 * g"

EXERCISE = Code(
    title="One in eight",
    level="open",
    statement=rf"""A clockwork network hears one line of coins: $x_t$ is $1$ or $-1$ at each step $t = 0, 1, 2, \dots$ It is to **keep one in eight of them and nothing else**: at each step unit 0 tells what the input was at the last step $s$ with $s \bmod 8 = r$. It says so by its sign, $h_t > {CLEAR}$ for a one and $h_t < -{CLEAR}$ for a minus one. What came at all other steps must make no difference.

It may take its time: nothing is asked before step {FROM}, and nothing at the two steps $s$ and $s + 1$, while the new coin comes in. It is asked at the six steps after those, until the next one comes.

Unit $j$ has a period $T_j$, computes at the steps that $T_j$ divides, and keeps its number at all others. When it computes, it hears the units whose period is at least its own:

$$ h_{{t,j}} = \tanh\Big(W_j\, x_t + \sum_{{k:\; T_k \ge T_j}} U_{{jk}}\, h_{{t-1,k}} + b_j\Big) $$

All begin at $0$. $r$ is given; 0, 3, 4 and 6 are tried. Return `periods` $(D,)$, a whole number for each unit, in any order; `W` $(D,)$, `U` $(D, D)$ and `b` $(D,)$. $D$ is at most {UNITS}; the entries of `U` that lead from a faster unit to a slower one must be 0; no number may be beyond {LARGEST}.

There is no training: choose the weights. Here is a network of one unit.""",
    example='''def watch(periods, W, U, b, x):
    """Run a clockwork network on the line x, and print all units."""
    h = np.zeros(len(b))
    for t, line in enumerate(x):
        a = W * line + U @ h + b                # U is 0 outside the mask
        h = np.where(t % periods == 0, np.tanh(a), h)
        print(f"{t:2}: x = {line:2}  h =", (h + 0.0).round(2))


periods, W = np.array([4]), np.array([5.0])
watch(periods, W, np.zeros((1, 1)), np.zeros(1), [1, -1, 1, -1, -1, 1, 1])''',
    task="For $r = 0$ that is nearly it. For the others it is not: who is awake at step $r$, who else is, and who knows which step it is? Eight to twelve lines.",
    starter='''def one_in_eight(r):
    """periods, W, U and b of a network that keeps every eighth input."""
    ...
    return periods, W, U, b''',
    returns=NAMES,
    probes=probes,
    verify=verify,
    mistakes=[
        Mistake(
            "a sleeper is to catch it",
            "Unit 0 tells the input of steps 0, 8, 16 and so on, whatever r is. A unit of period 8"
            " sleeps at all other steps: it will never know what came there. Who is awake at step"
            " r?",
            swap=[(SLEEPER, "if True:")],
        ),
        Mistake(
            "a slow unit listens to a faster one",
            "In your U a slow unit listens to a faster one. Such an entry is outside the mask: what"
            " a fast unit has caught can't be handed to a slow one. Who else can keep it?",
            swap=[("np.array([1, 1, 1, 1, 2, 4])", "np.array([8, 1, 1, 1, 2, 4])")],
        ),
        Mistake(
            "it never changes",
            "After the first steps unit 0 says the same at every step. Does the line reach it, does"
            " the condition ever come true, and can both kinds of coin write, each against the"
            " other?",
            swap=[(AND, "b[[plus, minus]] = -5 * g")],
        ),
        Mistake(
            "it follows every input",
            "Unit 0 tells the last input, at every step. It must shut its ear at the steps that"
            " don't count: for that it has to know what time it is.",
            source='''def one_in_eight(r):
    return np.array([1]), np.array([20.0]), np.zeros((1, 1)), np.zeros(1)''',
        ),
        Mistake(
            "more often than every eighth",
            "It catches the right one and, within the round, others: every second or every fourth"
            " coin. A clock of three binary digits tells eight steps apart; with two it tells four."
            " And a unit of period 4 is awake twice a round.",
            swap=[("U[[plus, minus], unit] = g * wanted",
                   "U[[plus, minus], unit] = g * wanted * (period < 4)"),
                  (AND, "b[[plus, minus]] = -2 * g")],
        ),
        Mistake(
            "one step too early",
            "It keeps the input of the step before. A unit hears the others as they were *before*"
            " the step: at step t the clock that it hears stands at t - 1.",
            swap=[(WANTED, "wanted = 1 if (r - 2) // period % 2 == 0 else -1")],
        ),
        Mistake(
            "one step too late",
            "It keeps the input of the step after. A unit hears the others as they were *before*"
            " the step: at step t the clock that it hears stands at t - 1.",
            swap=[(WANTED, "wanted = 1 if r // period % 2 == 0 else -1")],
        ),
        Mistake(
            "upside down",
            "It keeps the right coin and tells the opposite: a sign is wrong.",
            swap=[(CATCH, "W[[plus, minus]] = -g, g")],
        ),
        Mistake(
            "too faint",
            "The sign is right at each step that counts, and h is not clear enough: more than 0.5"
            " or less than -0.5 is asked for. Larger weights make a tanh clearer.",
            swap=[("np.array([g]), np.zeros((1, 1))", "np.array([0.4]), np.zeros((1, 1))")],
        ),
        Mistake(
            "it fades",
            "Soon after the coin unit 0 tells it, and some steps later no more, though nothing"
            " new has come. What keeps it? A unit that holds its number by itself needs a weight"
            " from itself to itself that is well above 1, or must sleep.",
            swap=[(HOLD, "U[hold, [hold, plus, minus]] = 0.8, g, -g")],
        ),
    ],
    hints=(
        "For r = 0 one unit of period 8 will do: it sleeps through all the rest. At steps 3, 11 and"
        " 19 units of period 1 are awake, and no others each time; so a fast unit must catch the"
        " coin and keep it, and know when. Slow units can't hear the coin. What can they tell a"
        " fast one?",
        "The time. A unit with U_jj = -2g and b_j = g, g large, flips at each tick. Three of them,"
        " with the periods 1, 2 and 4, are the binary digits of the step number, 1 for a 0 and -1"
        " for a 1. Mind that they are heard as they were a step before.",
        "Two catchers of period 1: one is 1 only if all three digits are as at step r - 1 and the"
        " coin is 1, else -1: each of the four with the weight ±g, and the bias -3g. The other the"
        " same for the coin -1. Unit 0 adds them with g and -g to itself: while both are -1, they"
        " cancel.",
    ),
    passed="For r = 0 the calendar does it all: one unit, asleep while the rest goes by. For any "
           "other r that unit sleeps when the coin comes, and nobody faster can hand it on to it. "
           "But slow units can tell the time, and a fast one opens its ear by it. That is a gate, "
           "built of a clock. One that goes by the data would need no r.",
)
