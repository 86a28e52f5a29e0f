"""A factor for each thing that an error passes on its road, and a sum where roads meet.

Through h it passes the output gate and the slope of tanh at c_t. From the next cell state it
passes one gate, the forget gate of step t+1, because that is what stands before c_t in the line
that makes c_{t+1}. The same line, one step earlier, says what goes on to c_{t-1}: all of the
error at c_t, through the forget gate of step t.
"""

import numpy as np


def error_at_c(d_h, new, d_c_later, later):
    """The error at c_t, and what of it goes on to c_{t-1}."""
    slope = 1 - np.tanh(new["c"]) ** 2
    through_h = d_h * new["o"] * slope
    from_later = d_c_later * later["f"]
    d_c = through_h + from_later
    d_c_old = d_c * new["f"]
    return d_c, d_c_old
