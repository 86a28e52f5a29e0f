"""The order is the one thing to think about. Where the dice are on, all comparisons compare dice: the scores of other
strings change, the loss behind the ends changes, the measured slope is nonsense. So the question whether two
evaluations agree comes before all others. The rest may stand in any order, since their bugs show in one entry each.

The tolerances are the other thing. What is the same number computed twice must be the same up to rounding. What is
measured by differences is good for six digits. What is a rule of thumb, ln K, gets a tenth. A tolerance
belongs to how the number was made.
"""

import numpy as np


def checklist(record):
    """One word: what is wrong with this training."""
    if record["again"][0] != record["again"][1]:
        return "dice"
    if not np.allclose(record["one"][:, 1:], record["two"][:, 1:]):
        return "mixed"
    if not np.isclose(*record["behind"], rtol=1e-9):
        return "padding"
    if not np.isclose(*record["slopes"], rtol=1e-4, atol=1e-8):
        return "gradient"
    if record["gates"].min() < 0.01 or record["gates"].max() > 0.995:
        return "gate"
    if abs(record["first"] / np.log(record["K"]) - 1) > 0.1:
        return "scale"
    return "sound"
