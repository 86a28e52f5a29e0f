"""From f^k = 1/2 it follows that k = ln 2 / (-ln f).

1. f = σ(2) = 0.881, -ln f = 0.127, and so k = 0.693 / 0.127 = 5.46 steps.

2. f^100 = 1/2 means f = (1/2)^(1/100) = 0.99309. From f = 1 / (1 + e^-a): a = -ln(1/f - 1) = ln(f / (1 - f)) = 4.97.
For long half-lives 1/f - 1 is nearly ln 2 / k, and so the bias nearly ln(k / ln 2) = 4.972.

3. Ten steps leave 0.99^9 · 0.5 = 0.457. k = 10 ln 2 / (-9 ln 0.99 - ln 0.5) = 6.93 / (0.090 + 0.693) = 8.85 steps. In
other words: ln 2 over the mean of -ln f. The mean of the gates themselves, 0.941, would promise 11.4 steps.
"""

from math import exp, log

half = log(2) / log(1 + exp(-2))
bias = -log(2 ** (1 / 100) - 1)
mixed = 10 * log(2) / (-9 * log(0.99) - log(0.5))
