"""Which epoch's parameters to keep, and when to stop waiting for better ones."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe


def probes(rng):
    yield Probe(
        "better every time",
        (np.array([4.0, 3.0, 2.0]), 2),
        "Each epoch is better than the one before, so training runs to the end of the list and "
        "keeps the last.",
    )
    yield Probe(
        "worse every time",
        (np.array([2.0, 3.0, 4.0, 5.0, 6.0]), 2),
        "Epoch 0 is the best. Epochs 1 and 2 are not better: that makes 2 in a row, and the "
        "patience is over after epoch 2.",
    )
    yield Probe(
        "patience of 1",
        (np.array([3.0, 2.0, 2.5, 1.0]), 1),
        "With a patience of 1 the first epoch that brings no new best is the last that is run.",
    )
    yield Probe(
        "a bad epoch in between",
        (np.array([4.0, 4.5, 3.0, 3.5, 2.0, 2.5]), 2),
        "No two epochs in a row are without a new best, so nothing stops it. Count from the last "
        "best, not from the start.",
    )
    yield Probe(
        "better again, but not best",
        (np.array([3.0, 5.0, 4.0, 3.5, 3.2, 2.0]), 3),
        "Epochs 2 and 3 are better than the ones before them, but not better than epoch 0, the "
        "best so far.",
    )
    yield Probe(
        "a dip on the way up",
        (np.array([3.0, 5.0, 4.0, 4.5, 4.6, 4.7]), 3),
        "Epoch 2 is better than epoch 1, and no new best: epochs 1, 2 and 3 make three in a row.",
    )
    yield Probe(
        "as good as the best",
        (np.array([3.0, 2.0, 2.0, 2.0, 2.0]), 2),
        "Equal is not better: the first of several equal epochs is the best, and the others use "
        "up the patience.",
    )
    yield Probe(
        "the best comes too late",
        (np.array([3.0, 2.0, 2.5, 2.6, 2.7, 1.0]), 3),
        "The 1.0 at the end is never seen: training stops before it. What was not run cannot be "
        "kept.",
    )
    yield Probe(
        "a single epoch",
        (np.array([2.5]), 3),
        "One epoch: it is run, and it is the best there is.",
    )
    for count, patience in ((13, 2), (17, 3), (19, 5)):
        fall = 4 * np.exp(-np.arange(count) / 5) + 0.05 * np.arange(count)
        yield Probe(
            f"a noisy curve, patience {patience}",
            (np.round(fall + rng.uniform(0, 0.8, count), 2), patience),
            "A falling curve with noise on it.",
        )


def reference(valid, patience):
    for epochs in range(1, len(valid) + 1):
        before = valid[:max(0, epochs - patience)]
        if len(before) and min(before) <= min(valid[epochs - patience:epochs]):
            break
    return int(np.argmin(valid[:epochs])), epochs


NEW, OVER = "if valid[epoch] < valid[best]:", "if epoch - best == patience:"
RESULT = "return best, epoch + 1"

EXERCISE = Code(
    title="When to stop",
    level="routine",
    statement="""
Training runs in epochs, numbered from 0. After each of them the network is judged on the
validation part, and its parameters are kept aside if this was the best epoch so far: fewer bits
than in *all* epochs before it (as many is not better). As soon as `patience` epochs in a row have
brought no new best, training stops, and the parameters that were kept are the result. If that
never happens, it runs to the end of the list.

`valid` holds what the validation would cost after each epoch, in bits; the epochs behind the stop
are never run. Return two integers:

- `best`, the epoch whose parameters are the result;
- `epochs`, how many epochs were run, the last one included.""",
    starter='''def stop_early(valid, patience):
    """The epoch to keep, and the number of epochs run."""
    best = 0
    for epoch in range(len(valid)):
        ...
    return best, epochs''',
    returns=("best", "epochs"),
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake(
            "the last epoch kept",
            "It stops at the right moment, and then keeps the parameters of the last epoch. Those "
            "are the ones that had been getting worse: keep the best.",
            swap=[(RESULT, "return epoch, epoch + 1")],
        ),
        Mistake(
            "one epoch too patient",
            "It waits one epoch too long. With a patience of 1 the first epoch without a new best "
            "is the last.",
            swap=[(OVER, "if epoch - best > patience:")],
        ),
        Mistake(
            "one epoch too impatient",
            "It stops one epoch early: the best epoch itself does not use up any patience.",
            swap=[(OVER, "if epoch - best + 1 >= patience:")],
        ),
        Mistake(
            "the best of what was never run",
            "It stops at the right moment, but `best` is the best of the whole list. The epochs "
            "behind the stop were never run, so nothing of them can be kept.",
            swap=[(RESULT, "return int(valid.argmin()), epoch + 1")],
        ),
        Mistake(
            "never stops",
            "It goes through the whole list and takes its best: the patience is not used.",
            swap=[(OVER, "if epoch == len(valid):")],
        ),
        Mistake(
            "compared with the epoch before",
            "It counts epochs that are worse than the one before. A curve that rises and then "
            "creeps down again, still above its best, would go on for ever: compare with the best "
            "so far.",
            source='''
def stop_early(valid, patience):
    best = waited = 0
    for epoch in range(len(valid)):
        if valid[epoch] < valid[best]:
            best = epoch
        waited = 0 if epoch == 0 or valid[epoch] < valid[epoch - 1] else waited + 1
        if waited == patience:
            break
    return best, epoch + 1''',
        ),
        Mistake(
            "better than the epoch before taken for best",
            "An epoch counts as a new best when it is better than the one before it. After a bad epoch "
            "that is easily done: compare with the best of all so far, `valid[best]`.",
            source='''
def stop_early(valid, patience):
    best = waited = 0
    for epoch in range(len(valid)):
        if epoch == 0 or valid[epoch] < valid[epoch - 1]:
            best, waited = epoch, 0
        else:
            waited += 1
        if waited == patience:
            break
    return best, epoch + 1''',
        ),
        Mistake(
            "nothing is below 0",
            "What is compared with the prices begins at 0, and no price is below that: nothing is ever "
            "a new best. (`best` is the number of an epoch; its price is `valid[best]`.)",
            source='''
def stop_early(valid, patience):
    best, lowest, waited = 0, 0.0, 0
    for epoch in range(len(valid)):
        if valid[epoch] < lowest:
            best, lowest, waited = epoch, valid[epoch], 0
        else:
            waited += 1
        if waited == patience:
            break
    return best, epoch + 1''',
        ),
        Mistake(
            "the end known beforehand",
            "You take the best of the whole list and wait from there. But training that has run out "
            "of patience before never gets that far: go through the epochs in order.",
            source='''
def stop_early(valid, patience):
    best = int(valid.argmin())
    return best, min(best + patience + 1, len(valid))''',
        ),
        Mistake(
            "the best counted back from the end",
            "Where training stops, the best lies `patience` epochs back. Where it runs to the end of "
            "the list it may lie anywhere: keep it when you meet it.",
            swap=[(RESULT, "return epoch - patience, epoch + 1")],
        ),
        Mistake(
            "the count is not set back",
            "It counts all epochs without a new best, from the start. A new best gives it new "
            "patience: set the count back to 0 there.",
            source='''
def stop_early(valid, patience):
    best = waited = 0
    for epoch in range(len(valid)):
        if valid[epoch] < valid[best]:
            best = epoch
        elif epoch > 0:
            waited += 1
        if waited == patience:
            break
    return best, epoch + 1''',
        ),
        Mistake(
            "epoch 0 counted as a failure",
            "The very first epoch uses up patience in your count: it is compared with itself, and "
            "is not better. It is the best so far, since there is no other.",
            source='''
def stop_early(valid, patience):
    best = waited = 0
    for epoch in range(len(valid)):
        if valid[epoch] < valid[best]:
            best, waited = epoch, 0
        else:
            waited += 1
        if waited == patience:
            break
    return best, epoch + 1''',
        ),
        Mistake(
            "equal counts as better",
            "An epoch that is exactly as good as the best is taken for a new best. Equal is not "
            "better; a network that has stopped changing would never be stopped.",
            swap=[(NEW, "if valid[epoch] <= valid[best]:")],
        ),
        Mistake(
            "the largest",
            "It looks for the epoch with the most bits. Bits are a price: fewer are better.",
            swap=[(NEW, "if valid[epoch] > valid[best]:")],
        ),
        Mistake(
            "stops at the first rise",
            "It stops at the first epoch that brings no new best. That is a patience of 1; "
            "validation curves are noisy, and `patience` says how many are allowed.",
            swap=[(OVER, "if epoch != best:")],
        ),
        Mistake(
            "the index of the last epoch",
            "`best` is right, but `epochs` is the number of the last epoch. Epochs are numbered "
            "from 0, so one more have been run.",
            swap=[(RESULT, "return best, epoch")],
        ),
        Mistake(
            "one epoch too few where it stops",
            "Where it runs to the end of the list `epochs` is right, but where it stops you give "
            "the number of the epoch, which is one less than how many were run.",
            swap=[(RESULT, "return best, epoch if epoch - best == patience else epoch + 1")],
        ),
        Mistake(
            "compared with one earlier epoch",
            "It compares with the epoch that lies `patience` back. Asked is whether any of the "
            "last `patience` epochs was better than the best so far.",
            swap=[(OVER, "if epoch >= patience and valid[epoch] > valid[epoch - patience]:")],
        ),
        Mistake(
            "counted from 1",
            "`best` is counted from 1; the first epoch is number 0.",
            swap=[(RESULT, "return best + 1, epoch + 1")],
        ),
        Mistake(
            "its bits for its number",
            "`best` is the price of the best epoch; asked for is its number, from 0.",
            swap=[(RESULT, "return valid[best], epoch + 1")],
        ),
    ],
    hints=(
        "Go through `[3.0, 2.0, 2.5, 2.6, 2.7, 1.0]` with a patience of 3 and a pencil: after "
        "which epoch do you stop, and what do you have?",
        "One number is enough to remember: which epoch was the best so far. How many epochs have "
        "passed since then?",
        "In the loop: first update `best` if `valid[epoch]` is below `valid[best]`, then `break` "
        "if `epoch - best` has reached the patience.",
    ),
    passed=(
        "Your training now stops by the validation part alone, and hands back its best moment "
        "rather than its last."
    ),
)
