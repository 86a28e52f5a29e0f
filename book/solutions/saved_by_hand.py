"""The fast module hears all 10 units, the middle one 4 + 3 = 7, the slow one its own 3. Each unit
reads 2 inputs besides. So when it is awake

    fast     3 (2 + 10) = 36 multiplications
    middle   4 (2 +  7) = 36
    slow     3 (2 +  3) = 15

All entries are parameters, whether or not their module is awake: 36 + 36 + 15 = 87, and 10 biases
make 97 of the plain network's 130.

The fast module works always, the middle one at every fourth step, the slow one at every sixth:
36 + 36/4 + 15/6 = 36 + 9 + 2.5 = 47.5 of 120.

They meet at the steps that 1, 4 and 6 all divide; the least of them after 0 is 12.
"""

from math import lcm

inputs, periods, sizes = 2, (1, 4, 6), (3, 4, 3)
awake = [size * (inputs + sum(sizes[m:])) for m, size in enumerate(sizes)]
parameters = sum(awake) + sum(sizes)
multiplications = sum(work / period for work, period in zip(awake, periods))
together = lcm(*periods)
