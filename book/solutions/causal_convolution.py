"""With the past in front, all that is heard lies in one array. x[t - j] is its entry k - 1 + t - j,
so tap j multiplies the T entries from k - 1 - j on: one product for all steps.

The next chunk's past is what is left when T entries have gone: heard[T:], for every T and every k.
Cut from the end, as heard[-(k - 1):], it would be everything where k is 1; cut from x, too little
where the chunk is short.

A pulse at step 1 answers at the steps 1 to k, and nowhere else. That is the whole memory.
"""

import numpy as np


def causal_convolution(K, b, x, past):
    """The outputs, and what the next chunk has to hear of this one."""
    k, T = len(K), len(x)
    heard = np.concatenate([past, x])
    outputs = sum(heard[k - 1 - j:k - 1 - j + T] @ K[j].T for j in range(k))
    outputs = outputs + b
    new_past = heard[T:]
    return outputs, new_past
