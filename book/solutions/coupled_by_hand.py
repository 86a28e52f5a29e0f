"""σ(1) = 1 / (1 + 1/e) = 0.731. If the forget gate is the learned one, that is f. If the input gate
is, then i = 0.731 and f = 1 - i = 0.269: the same +1, and the cell that was to keep well forgets
well.

f^k = 1/2 gives k = ln(1/2) / ln f, which is -0.693 / -1.313 = 0.53 steps: after a single step about
a quarter is left. With the +1 on the other side it would be 2.2 steps.

A half-life of 10 steps wants f = (1/2)^(1/10) = 0.933, and so i = 0.067. σ(b) = 0.067 gives b = ln
(0.067 / 0.933) = -2.63. So whoever couples by f = 1 - i starts the bias of the one gate *below* 0;
left at 0 the half-life is one step.

A block has 5 × 3 + 5 × 5 + 5 = 45 numbers. The LSTM with peepholes has four of them and 15
peepholes, 195; coupled, three blocks and the peepholes of i and o, 145.
"""

import math

f_learned = 1 / (1 + math.exp(-1))
f_left = 1 - 1 / (1 + math.exp(-1))
half_life = math.log(0.5) / math.log(f_left)
f_wished = 0.5 ** (1 / 10)
bias = math.log((1 - f_wished) / f_wished)
count = 3 * (5 * 3 + 5 * 5 + 5) + 2 * 5
