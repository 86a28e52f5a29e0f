"""Row by row the step says: u = tanh(−x + v) and v = tanh(x + u/2 − 1/2), with the old u and v on
the right.

Step 1, x = 1, old u = 1/2, old v = −1/2: the sums are −1 − 1/2 = −3/2 and 1 + 1/4 − 1/2 = 3/4. So
u₁ = tanh(−3/2) = −0.905 and v₁ = tanh(3/4) = 0.635.

Step 2, x = 1/2: the sums are −1/2 + 0.635 = 0.135 and 1/2 − 0.453 − 1/2 = −0.453. So u₂ =
tanh(0.135) = 0.134 and v₂ = tanh(−0.453) = −0.424.

Read-out: ŷ₂ = 2u₂ + v₂ + 1/2 = 0.269 − 0.424 + 0.5 = 0.345.
"""

from math import tanh

u_1, v_1 = tanh(-1 - 1 / 2), tanh(1 + 1 / 4 - 1 / 2)
u_2, v_2 = tanh(-1 / 2 + v_1), tanh(1 / 2 + u_1 / 2 - 1 / 2)
y_2 = 2 * u_2 + v_2 + 1 / 2
