"""One unit, with the weight u = 3 from itself to itself. In silence it rests where h = tanh(3 h),
that is at 0.995 or at -0.995, with a pre-activation of nearly 3 or -3. The hill between the two is
at 0.

A pulse has to bring the pre-activation from 3 over the hill: with w = 6 it arrives at -3, and the
unit is at the other resting place at once. The noise comes in by the same weight, from two lines:
its standard deviation is 0.05 · 6 · √2 = 0.42 in the pre-activation. From rest to the hill is
seven of these, and from where a pulse arrives back to the hill seven again: w = 2u stands in the
middle. As a pulse of another height has to do the same, W is divided by it.

So w stands between two needs, to let the pulse in and to keep the noise out. With noise five times
as strong no w meets both: this latch can't shut its door.
"""

import numpy as np


def latch(pulse):
    W = np.array([[6.0, -6.0]]) / pulse
    U = np.array([[3.0]])
    b = np.zeros(1)
    return W, U, b
