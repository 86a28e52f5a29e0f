"""Read the table from the top. At lag 0 all four errors are right, so the inside of a step is:
slopes, factors, the road from h up to c.

At lag 1 the output gate is still right. It hears of h only, so what went back through U is right
as well. i, f and g hear of c, and are off: what was handed on from c to c is wrong. Two lines
could do that, nothing handed on, or too much. The last two columns decide: the error at c is too
long, and the further back, the more. It should have passed a forget gate at each step.
"""

import numpy as np

f = np.array([0.9, 0.5, 0.6])                 # the gates of a unit at steps 1, 2 and 3
d_c = sick = 1.0                              # the error at c_3
for f_t in f[::-1]:
    sick = sick                               # the wrong line
    d_c = d_c * f_t                           # the right line
assert sick == 1 and np.isclose(d_c, f.prod()) and d_c < 0.3
