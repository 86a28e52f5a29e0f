"""For r = 0 the calendar is the gate: a unit of period 8 hears the coins that count and sleeps
through the others. For another r a unit of period 8 is asleep when the coin comes, and whatever a
faster unit hears then, it can't hand on to a slower one. So the coin must be caught and kept by
units of period 1, which hear every coin and must be told the time.

That the slow units can do. A unit with the weight -2g from itself and the bias g is 1 after its
first tick, -1 after the second, 1 after the third. With the periods 1, 2 and 4 the three are the
binary digits of the step number. At step t they are heard as they were after step t - 1, so the
digits of r - 1 are what to wait for.

`plus` is 1 if all three digits fit and the coin is 1: four terms of ±g, less 3g, are g or at most
-g. `minus` is the same for the other coin. `hold` adds itself, plus, and minus with a minus sign.
While nothing fits both are -1 and cancel, and hold stays what it is; when one of them is 1 the
difference is 2 or -2, and wins.
"""

import numpy as np


def one_in_eight(r):
    """periods, W, U and b of a network that keeps every eighth input."""
    g = 20.0
    if r == 0:
        return np.array([8]), np.array([g]), np.zeros((1, 1)), np.zeros(1)
    periods = np.array([1, 1, 1, 1, 2, 4])
    hold, plus, minus = 0, 1, 2
    W, U, b = np.zeros(6), np.zeros((6, 6)), np.zeros(6)
    for unit, period in ((3, 1), (4, 2), (5, 4)):
        U[unit, unit], b[unit] = -2 * g, g
        wanted = 1 if (r - 1) // period % 2 == 0 else -1
        U[[plus, minus], unit] = g * wanted
    W[[plus, minus]] = g, -g
    b[[plus, minus]] = -3 * g
    U[hold, [hold, plus, minus]] = g, g, -g
    b[hold] = 0
    return periods, W, U, b
