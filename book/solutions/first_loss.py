"""The rectangle has 12 · 4 = 48 places. Real are 12 + 9 + 4 + 7 = 32 of them, so 16 of 48 are padding: one third.

Eight equal answers have the probability 1/8 each. A step costs -ln(1/8) = ln 8 = 2.08 nats, whatever the right symbol
is, and a mean of equal numbers is that number.

Divided by all places: 32 ln 8 / 48 = 2/3 · ln 8 = 1.39. That is ln 4: as if half of the symbols were ruled out before
anything is learned.

Added up: 32 ln 8 = 66.5. Trained on this sum, plain descent makes steps that are 32 times as long. Adam divides the
factor out again; but a threshold for the gradient, chosen for the mean, is then passed at nearly every update.
"""

import numpy as np

lengths, K = np.array([12, 9, 4, 7]), 8
real, places = lengths.sum(), lengths.max() * len(lengths)

padding = (places - real) / places
first = np.log(K)
by_all = real * np.log(K) / places
summed = real * np.log(K)
