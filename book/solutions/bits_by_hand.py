"""The four prices are 1, 3, 1 and 5 bits, since 2, 8, 2 and 32 are 2 to the 1, 3, 1 and 5.
Together that is 10, and 10/4 = 2.5 bits per character.

The perplexity is 2 to the 2.5, which is 4 times the square root of 2, or 5.66.

For both texts, add up what was paid and divide by how many characters there are: (4 times 2.5 +
12 times 4.5)/16 = 64/16 = 4 bits, a perplexity of 16. The two perplexities were 5.66 and 22.6;
their mean is 14.1, and means nothing.

A loss in nats is turned into bits by dividing by ln 2: 1.6/0.693 = 2.31 bits. The perplexity is e
to the 1.6 or 2 to the 2.31, and both are 4.95.
"""

import math

bits = (1 + 3 + 1 + 5) / 4
perplexity = 4 * math.sqrt(2)
both = 2 ** ((4 * 2.5 + 12 * 4.5) / 16)
framework = 1.6 / math.log(2)
