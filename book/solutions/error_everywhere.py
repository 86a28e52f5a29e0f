"""Write the gradient of the first state as a sum over the losses. The loss at step t enters at
step t and comes back through t - 1 Jacobians, so its term has a size of about 0.6^(t-1):

1 + 0.6 + 0.36 + 0.216 + ... = 2.5

Nine tenths of that come from the first five losses, and the last has a share of 1e-22. The sum is
as large as anywhere in the middle of the run. What vanishes is not the gradient of a state, nor
that of U, but one term in it: what a late loss says of an early state. Hence the three signs of
it: the norm of the gradient looks healthy, the loss falls, and what needs the long way is not
learned. To see it one has to take the other losses away, as the chapter does when it puts a single
error at the end.
"""

q, T = 0.6, 100
shares = [q ** (t - 1) for t in range(1, T + 1)]
assert abs(sum(shares) - 2.5) < 1e-9                # of ordinary size
assert 0.9 < sum(shares[:5]) / sum(shares) < 0.93   # made of what is close by
assert shares[-1] / sum(shares) < 1e-21             # the last loss is drowned
