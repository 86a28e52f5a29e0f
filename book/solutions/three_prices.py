"""The prices come from the network's beliefs, the weights from how often the letters come.

A: the prices are 1, 2, 3 and 3 bits, so that it pays 1/2 · 1 + 1/4 · 2 + 1/8 · 3 + 1/8 · 3 = 7/4
= 1.75 bits. No fixed beliefs are cheaper than those that are true.

S: an a costs -log2(0.97) = 0.044 bits, any other letter -log2(0.01) = 6.644, and each happens in
half of all cases: 1/2 · 0.044 + 1/2 · 6.644 = 3.34 bits.

W: the prices are 3, 3, 2 and 1 bits: 1/2 · 3 + 1/4 · 3 + 1/8 · 2 + 1/8 · 1 = 21/8 = 2.625 bits.

A network that gave 1/4 to each letter, knowing nothing, would pay 2. So W is worse than
ignorance, and S, which names the most frequent letter just as A does, is worse still: it pays for
being sure.
"""

import numpy as np

shares = np.array([1 / 2, 1 / 4, 1 / 8, 1 / 8])
knows = -shares @ np.log2(shares)
sure = -shares @ np.log2([0.97, 0.01, 0.01, 0.01])
wrong = -shares @ np.log2([1 / 8, 1 / 8, 1 / 4, 1 / 2])
