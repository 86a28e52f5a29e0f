"""The long string is right in every respect, so the direction is, and so is the turning round: of
the array. The padding has no effect, so the short string is read from its own end. And yet its
outputs stand two places too far behind, and what has heard all of x_1 to x_4 is at place 3.

A string of n has to be turned round within its own n places, before the reading and after it. Here
the inputs were, and the outputs were turned with the array: they slid by T - n = 2. Whoever then
masks places 5 and 6 throws two good outputs away, and keeps two empty ones.
"""

import numpy as np

T, n = 6, 4
seen = np.r_[np.arange(n, 0, -1), [0] * (T - n)]      # which x each reading step ends at, then nothing
wrong = seen[::-1]                                    # the broken line
right = seen.copy()
right[:n] = seen[:n][::-1]                            # the right line
assert wrong.tolist() == [0, 0, 1, 2, 3, 4]
assert right.tolist() == [1, 2, 3, 4, 0, 0]
