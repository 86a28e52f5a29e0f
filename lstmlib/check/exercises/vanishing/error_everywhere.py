"""Recall: the two ways into a state's gradient, in a network that forgets."""

from lstmlib.check.exercise import Choice, Option

EXERCISE = Choice(
    kind="recall",
    title="What vanishes when a gradient vanishes?",
    level="standard",
    statement=r"""From chapter 3: in a plain network $h_t = \tanh(W x_t + U h_{t-1} + b)$ with an
output $s_t = V h_t + b_y$ and a loss $L_t$ **at every step**, the gradient of $L = L_1 + \dots +
L_T$ goes back by

$$ \begin{aligned} \delta h_t &= V^\top \delta s_t + U^\top \delta a_{t+1} \\
\delta a_t &= (1 - h_t^2) \odot \delta h_t \\
\delta U &= \textstyle\sum_t \delta a_t\, h_{t-1}^\top \end{aligned} $$

Take $T = 100$, and let each step leave 0.6 of what comes back through it, so that of an error at
step 100 about $0.6^{99} \approx 10^{-22}$ reaches step 1. The network answers at every step, and
at the beginning wrongly at every step. What is true of $\delta h_1$ and of $\delta U$?""",
    options=[
        Option(
            "δh₁ is about 10⁻²² times δh₁₀₀: the early states get no gradient, and δU comes from "
            "the last steps alone",
            "That counts only the errors that come from step 100. There is a loss at step 1 too, "
            "and it enters δh₁ directly, as V^T δs₁; those of steps 2 and 3 are only one and two "
            "factors away.",
        ),
        Option(
            "δh₁ is as large as any other, and so the network learns what step 1 has to do with "
            "step 100",
            "The first half is right. But a gradient's size does not tell where it comes from: by "
            "which terms of the sum would step 1 hear of the loss at step 100?",
        ),
        Option(
            "δh₁ and δU are of ordinary size; they are made of the losses at steps close by, and "
            "what step 100 has to say of step 1 is drowned in them",
            right=True,
        ),
        Option(
            "δU is about 10⁻²², for the matrix was used a hundred times and each use multiplies "
            "the gradient by 0.6",
            "The uses of a weight add, they do not multiply: δU is a sum over t, and each step "
            "has a term of its own that went through no other step.",
        ),
        Option(
            "δh₁ is exactly zero, as with truncation: what is further than a window away counts "
            "for nothing",
            "Truncation cuts the way; here each factor is small and none is zero. And the losses "
            "near step 1 are not far away from it.",
        ),
    ],
    hints=(
        "Write δh₁ as a sum: one term for each loss L₁, L₂, … How many Jacobians has the term of "
        "L_t been through?",
        "The term of L_t has been through t - 1 of them: its size goes as 0.6^(t-1). Which terms "
        "make up the sum?",
        "The sum 1 + 0.6 + 0.36 + … is about 2.5, and nine tenths of it come from its first five "
        "terms. Now ask the same of δU, which adds over all steps.",
    ),
    passed="What vanishes is one term: the share of a late loss in an early state. The sum does "
           "not vanish. That is what makes "
    "it hard to see: the norm of the gradient looks healthy, the loss falls, and only the long "
    "dependencies are not learned.",
)
