"""U has 4 · 512 · 512 = 1,048,576 entries. Each meets 16 states, with a multiplication and an
addition: 33.55 million operations. The device does 400 million in a microsecond, so it would need
0.084 µs.

A step of the loop is 12 kernels, 5 µs apart: 60 µs. A thousand of them take 60 ms.

0.084 of 60 µs is 0.14 %. The persistent kernel takes 2 µs in place of 60: 30 times as fast, and
still 0.084/2 = 4 % of the device's best.
"""

operations = 2 * 4 * 512 * 512 * 16
work = operations / 400e6                   # µs
loop = 1000 * 12 * 5 / 1000                 # ms
share = 100 * work / (12 * 5)               # %
times = 12 * 5 / 2
