"""A QR decomposition writes A as Q R: Q has columns of length 1 at right angles, R is triangular
and says how A's columns are put together from them. Q alone is orthogonal, and that would pass.

The second line is about chance. Which sign a column of Q gets is up to the library that computes
it; in NumPy Q[0, 0] comes out negative every time, so that Q is no fair draw: try it. With the
signs of R's diagonal moved into Q, R's diagonal is positive, no choice is left, and if A has
independent normal entries every turn is equally likely (Mezzadri 2007).

Other roads: column by column by hand (Gram and Schmidt), or U V^T from the singular value
decomposition A = U S V^T, which is the orthogonal matrix nearest to A.
"""

import numpy as np


def orthogonal(A):
    Q, R = np.linalg.qr(A)
    return Q * np.where(np.diag(R) < 0, -1.0, 1.0)
