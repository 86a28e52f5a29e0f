"""The loss of a batch of strings is a mean over what is real: 12 steps, not 24 places. The zeros
have been counted with the rest, so the GRU's true price is 0.9 · 24/12 = 1.8 nats, and it does
worse than the LSTM with its 1.2.

A string of 12 more steps makes it 24 real steps in 5 · 12 = 60 places. Each step still costs 1.8,
and the report is 1.8 · 24/60 = 0.72. Nothing was learned.

The gradient has the divisor of its loss, so the mean over the real steps has one that is twice as
long. The same step needs half the rate: 0.05. (Adam would hardly notice: it divides by the
gradient's own size.)
"""

places, real = 4 * 6, 6 + 3 + 2 + 1
price = 0.9 * places / real
report = price * (real + 12) / (5 * 12)
rate = 0.1 * real / places
