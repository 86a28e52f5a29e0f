"""One letter. At three of the four places the last letter is an `a`. Then an `a` follows in two
cases of three, a `b` in one: the best it can do is to say 2/3 and 1/3, and that costs
2/3 · log₂(3/2) + 1/3 · log₂ 3 = 0.918 bits. After the `b` it is sure. On average 3/4 · 0.918 =
0.689 bits a letter.

Two letters. After `ab` comes an `a`, after `ba` comes an `a`: nothing to pay. At the other two
places it has seen `aa`, once after the second `a` and once after the third; `a` and `b` follow
equally often, 1 bit. On average 2/4 · 1 = 0.5 bits a letter.

States. Two places may share a state only if the same future follows them. The four places of the
round have four different futures, so four states are needed, and four are enough: a counter to
three that the `b` sets back.

A window of three letters would do as well; for a round of a thousand letters it would have to be
nearly a thousand wide. A state holds the place in the round, not the letters.
"""

from math import log2

one = 3 / 4 * (2 / 3 * log2(3 / 2) + 1 / 3 * log2(3))
two = 2 / 4 * 1
states = 4
