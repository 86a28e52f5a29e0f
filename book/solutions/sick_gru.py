"""What agrees says more than what differs. From h = 0 the first step agrees: gates, their order,
the meaning of z, the candidate's own block are sound. With r pushed to 0 or 1 all agrees: so U_n
itself is the same and not turned around, and the state is handed on. With one unit all agrees,
although r is between 0 and 1 there: so r does reset.

Only where r is neither 0 nor 1, and U_n mixes units, do they part. One program multiplies U_n h by
r, the other h by r. With one unit, or a U_n that mixes nothing, that is the same number.
"""

import numpy as np

U_n, r, h = np.array([[0.5, 1.0], [-1.0, 0.3]]), np.array([0.9, 0.2]), np.array([0.6, -0.4])
trained_as = r * (U_n @ h)                    # the right line, for these weights
read_as = U_n @ (r * h)                       # the wrong line
assert not np.allclose(trained_as, read_as)
mixes_nothing = np.diag(np.diag(U_n))
assert np.allclose(r * (mixes_nothing @ h), mixes_nothing @ (r * h))
