"""After k steps q^k is left. A half is left where q^k = 1/2; taking logarithms on both sides, of
any base, k log q = log(1/2), and so

k = log(1/2) / log q

For q = 0.9 that is 0.693 / 0.1054 = 6.58 steps. One per cent nearer to 1 or further away counts:
0.99 has a half-life of 69 steps, 0.8 one of 3.1.

The same with 1e-7 in the place of a half: log(1e-7) / log(0.8) = 16.118 / 0.2231 = 72.23. After 72
steps a little more than 1e-7 is left, after 73 a little less: the first step is 73.

And turned round: q^1000 = 1/2 gives q = (1/2)^(1/1000) = 0.999307. For q near 1, log q is nearly q
- 1, and so q is nearly 1 - 0.693/1000. Who wants to keep something over n steps has to come as
near to 1 as 0.7/n.
"""

import math

half = math.log(0.5) / math.log(0.9)
step = math.ceil(math.log(1e-7) / math.log(0.8))
factor = 0.5 ** (1 / 1000)
