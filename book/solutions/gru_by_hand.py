"""Pre-activations first. For r it is 2 ln 3 times one half, ln 3, so r = 1/(1 + 1/3) = 3/4. For z
it is ln 2 + 2 ln 2 times one half, 2 ln 2 or ln 4, so z = 4/5.

What r resets is 6 ln 2 times one half plus ln 2, 4 ln 2. Three quarters of it are 3 ln 2. The
candidate's own block adds -ln 2 twice: a = ln 2, and its tanh is (2 - 1/2)/(2 + 1/2) = 3/5.

h = 4/5 · 1/2 + 1/5 · 3/5 = 13/25 = 0.52.

If z took the new, it would be 1/5 · 1/2 + 4/5 · 3/5 = 29/50 = 0.58.
"""

from math import exp, log, tanh


def sigmoid(a):
    return 1 / (1 + exp(-a))


h, x = 1 / 2, 1
r = sigmoid(2 * log(3) * h)
z = sigmoid(log(2) * x + 2 * log(2) * h)
n = tanh(-log(2) * x - log(2) + r * (6 * log(2) * h + log(2)))
h_new = z * h + (1 - z) * n
h_takes = (1 - z) * h + z * n
