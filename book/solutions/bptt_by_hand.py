"""
The errors are h_t - y_t: -3/2 at step 1, 3/2 at step 2, 1 at step 3. The slopes 1 - h_t² are ¾, ¾
and 1. Back from the last step, with u = 2:

    δh₃ = 1                               δa₃ = 1 · 1          = 1
    δh₂ =  3/2 + 2 · 1       = 7/2        δa₂ = ¾ · 7/2        = 21/8
    δh₁ = -3/2 + 2 · 21/8    = 15/4       δa₁ = ¾ · 15/4       = 45/16

At each step u multiplied the state before:

    δu = δa₁ h₀ + δa₂ h₁ + δa₃ h₂ = 45/32 - 21/16 + 1/2 = 19/32

No error alone is larger than 3/2, and yet δh₁ is 15/4: here u is 2, the slopes are near 1, and
what comes back grows on the way.
"""

u = 2
h = [1 / 2, -1 / 2, 1 / 2, 0]
y = [None, 1, -1, -1]

d_a3 = (1 - h[3] ** 2) * (h[3] - y[3])
d_h2 = h[2] - y[2] + u * d_a3
d_a2 = (1 - h[2] ** 2) * d_h2
d_h1 = h[1] - y[1] + u * d_a2
d_a1 = (1 - h[1] ** 2) * d_h1
d_u = d_a1 * h[0] + d_a2 * h[1] + d_a3 * h[2]
