"""From the end to the beginning, and at each letter the question where it is used.

c₂ is used in h₂ = o₂ tanh(c₂) only:  δc₂ = 0.8 · (1 − 0.3²) = 0.8 · 0.91 = 0.728.

h₁ is used by the candidate of step 2 only. Its error is δg₂ = δc₂ · i₂ = 0.182, before the tanh
it is 0.182 · (1 − 0.5²) = 0.1365, and through the weight:  δh₁ = 4 · 0.1365 = 0.546.

c₁ is used twice. In c₂, behind the forget gate of step 2: 0.728 · 0.5 = 0.364. And in h₁ = o₁
tanh(c₁): 0.546 · 0.6 · (1 − 0.7²) = 0.167. Together:  δc₁ = 0.531. The product of the forget
gates, here one gate, would have said 0.364.
"""

d_c_2 = 0.8 * (1 - 0.3 ** 2)
d_g_2 = d_c_2 * 0.25
d_h_1 = 4 * d_g_2 * (1 - 0.5 ** 2)
d_c_1 = d_c_2 * 0.5 + d_h_1 * 0.6 * (1 - 0.7 ** 2)
