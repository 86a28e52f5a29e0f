"""Each of the 240 examples was written three times, then the 720 were divided by lot, 432 for
training and 288 for validation. A validation example has two copies elsewhere. Both missed the
training part with a probability of about 0.4 · 0.4 = 0.16; all the others have a twin that was
trained on. A net that learns by heart knows those, and the rest costs it what fresh letters cost,
at three dots a step, since their copies are all in the validation part with them.

The same happens with overlapping windows of one recording, several pictures of one patient, or a
message and the replies that quote it, once they are shuffled before they are divided. Divide
first, by what is really independent, and copy afterwards.
"""

import numpy as np

rng = np.random.default_rng(0)

# The broken line: copy, then divide.
train, valid = np.split(rng.permutation(np.tile(np.arange(240), 3)), [432])
assert 0.75 < np.isin(valid, train).mean() < 0.95

# The right order: divide, then copy. The validation part needs no copies.
train, valid = np.split(rng.permutation(240), [144])
train = np.tile(train, 3)
assert len(train) == 432 and not np.isin(valid, train).any()
