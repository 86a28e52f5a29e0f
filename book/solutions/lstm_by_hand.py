"""The pre-activations, with x = 1 and h = 1/2:

a_i = ln 3, a_f = 4 ln 3 · 1/2 = ln 9, a_g = ln 2, a_o = ln 3 + 4 ln 2 · 1/2 - ln 3 = ln 4.

Of a logarithm σ is a fraction, σ(ln k) = 1 / (1 + 1/k) = k / (k + 1). So i = 3/4, f = 9/10, o =
4/5.

The candidate: g = (2 - 1/2) / (2 + 1/2) = 3/5.

The memory: c = 9/10 · 0.8 + 3/4 · 3/5 = 0.72 + 0.45 = 1.17. Nine tenths of the old are kept and
three quarters of the new are added; the two shares need not sum to 1, and c may well grow beyond 1.

What is shown: h = 4/5 · tanh(1.17) = 0.8 · 0.824 = 0.659.
"""

from math import exp, log, tanh


def sigmoid(a):
    return 1 / (1 + exp(-a))


x, h_old, c_old = 1, 0.5, 0.8
i = sigmoid(log(3) * x)
f = sigmoid(4 * log(3) * h_old)
g = tanh(log(2) * x)
o = sigmoid(log(3) * x + 4 * log(2) * h_old - log(3))
c = f * c_old + i * g
h = o * tanh(c)
