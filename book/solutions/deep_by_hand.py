"""Every road from x_1 to the topmost state at step 6 goes five steps to the right and two up, in
some order. There are 7! / (5! 2!) = 21 orders. Each road crosses 5 + 2 + 1 = 8 cells, the shortest
like the longest. On its way it meets the weight into layer 1 and two weights up, each 3, and five
weights across, each 1/2: 27 / 32. The gradient is the sum over all roads, 17.72.

The depth gate sees the old memory of its own layer and the new one of the layer below: σ(-2 +
2 · 0.5 + 1 · 1.5) = σ(0.5) = 0.622. So c = 0.8 · 0.5 + 0.5 · 0.6 + 0.622 · 1.5 = 1.634. The old
memory of the layer below stands nowhere in it.

A half of the first layer reads 3 numbers, 4 · 4 · (3 + 4 + 1) = 128. In the stack of two-way layers
the second layer reads both halves, 8 numbers, and each of its halves has 4 · 4 · (8 + 4 + 1) = 208:
672 in all. In the two towers it reads 4, and each half has 4 · 4 · (4 + 4 + 1) = 144: 544.
"""

import math

roads = math.comb(5 + 2, 2)
cells = 5 + 2 + 1
gradient = roads * 0.5**5 * 3.0**3

d = 1 / (1 + math.exp(-(-2 + 2 * 0.5 + 1 * 1.5)))
c = 0.8 * 0.5 + 0.5 * 0.6 + d * 1.5

first = 4 * 4 * (3 + 4 + 1)
stack = 2 * first + 2 * 4 * 4 * (8 + 4 + 1)
towers = 2 * first + 2 * 4 * 4 * (4 + 4 + 1)
