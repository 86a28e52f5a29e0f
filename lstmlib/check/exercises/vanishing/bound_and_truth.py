"""By hand: a matrix whose bound explodes and whose powers vanish."""

import numpy as np

from lstmlib.check.exercise import Number, Pencil, Slip

U = np.array([[0.0, 2.0], [0.125, 0.0]])

EXERCISE = Pencil(
    title="The bound and the truth",
    level="standard",
    statement=r"""Two units, without inputs; each hears only the other:

$$ U = \begin{pmatrix} 0 & 2 \\ 1/8 & 0 \end{pmatrix}. $$

The *stretch* of a matrix is the length of the longest vector that it makes of vectors of length 1:
its largest singular value $\sigma_{\max}$. The *spectral radius* is the size of its largest
eigenvalue.

1. What is $\sigma_{\max}$ of $U$? (What does $U$ make of $(1, 0)$ and of $(0, 1)$?)
2. What is its spectral radius?
3. Near $h = 0$ a tanh does nothing, and ten steps are $U^{10}$. What is the stretch of $U^{10}$?
   (Begin with $U^2$.)
4. Exchange the tanh for the logistic function, whose slope is nowhere above $\gamma = 1/4$. What
   is the most that *one* step of this network can stretch a small push by, whatever its state: the
   bound $\gamma\,\sigma_{\max}$?""",
    numbers=[
        Number(
            "sigma",
            "σ_max",
            expected=lambda: np.linalg.svd(U, compute_uv=False)[0],
            tolerance=0.001,
            slips=[
                Slip(lambda: 0.5, "That is the size of the eigenvalues. A singular value asks "
                                  "how long Uv can be for v of length 1: try (0, 1)."),
                Slip(lambda: 4.0, "That is the largest eigenvalue of UᵀU. The singular value is "
                                  "its root."),
                Slip(lambda: np.linalg.norm(U),
                     "That is the root of the sum of all squares, the length of U as one vector "
                     "(the Frobenius norm). No vector is stretched by so much."),
                Slip(lambda: 0.125, "That is the smallest singular value: U makes (1, 0) an "
                                    "eighth as long."),
                Slip(lambda: 2.125, "The entries' sum is no stretch: (1, 1)/√2 has length 1, and "
                                    "U makes (2, 1/8)/√2 of it."),
            ],
        ),
        Number(
            "rho",
            "spectral radius",
            expected=lambda: np.abs(np.linalg.eigvals(U)).max(),
            tolerance=0.001,
            slips=[
                Slip(lambda: 2.0, "That is the largest singular value. An eigenvalue asks for a "
                                  "vector that keeps its direction: Uv = λv."),
                Slip(lambda: 0.25, "λ² = 2 · 1/8 = 1/4 is the right equation. Asked is the size "
                                   "of λ."),
                Slip(lambda: 0.0, "The diagonal shows the eigenvalues of a triangular matrix "
                                  "only. Here λ² - 2 · 1/8 = 0."),
                Slip(lambda: -0.5, "That is one of the two eigenvalues; the spectral radius is "
                                   "its size."),
                Slip(lambda: 1.0625, "The mean of 2 and 1/8 is not it: solve λ² = 2 · 1/8."),
            ],
        ),
        Number(
            "ten",
            "stretch of U¹⁰",
            expected=lambda: np.linalg.norm(np.linalg.matrix_power(U, 10), 2),
            tolerance=0.00001,
            slips=[
                Slip(lambda: 1024.0, "2¹⁰ is the bound σ_max¹⁰. It would be reached if the "
                                     "direction that one step stretches most were also the one "
                                     "that the next step does."),
                Slip(lambda: 0.25**10, "U² is a quarter of the identity. Ten steps are five "
                                       "times U², not ten times."),
                Slip(lambda: 2 * 0.25**5, "That is the stretch of U¹¹ = U¹⁰ U: one step too many."),
                Slip(lambda: 2 * 0.25**4, "That is the stretch of U⁹ = U⁸ U: one step too few."),
                Slip(lambda: 0.5**5, "Two steps leave λ² = 1/4, not λ = 1/2. So ten are (1/4)⁵."),
                Slip(lambda: 0.001, "Nearly: 2¹⁰ is not 1000. Leave it as a fraction."),
                Slip(lambda: 0.25, "That is the stretch of U². Ten steps are five of these."),
            ],
        ),
        Number(
            "logistic",
            "bound of one logistic step",
            expected=lambda: np.linalg.norm(np.diag([0.25, 0.25]) @ U, 2),
            tolerance=0.001,
            slips=[
                Slip(lambda: 2.0, "That is for a tanh, whose steepest slope is 1. The logistic "
                                  "function takes three quarters away at best."),
                Slip(lambda: 8.0, "Divided by 1/4. The slope multiplies: what passes the "
                                  "steepest place of the logistic function is a quarter of what "
                                  "came in."),
                Slip(lambda: 0.125, "That is γ times the spectral radius. The bound of one step "
                                    "has the singular value: σ_max² = 4, not λ² = 1/4."),
                Slip(lambda: 0.25, "That is γ alone, or γ² σ_max². One step stretches by U and "
                                   "then by the slope: a product of two numbers."),
                Slip(lambda: 4.0, "1/γ = 4 is what σ_max is compared with. Asked is the product "
                                  "γ σ_max."),
                Slip(lambda: 1.0, "Half of it is lost somewhere: γ is 1/4, not 1/2. (σ itself is "
                                  "1/2 at 0; its slope there is 1/4.)"),
            ],
        ),
    ],
    hints=(
        "Follow (1, 0) and (0, 1) through U, one step and then two. Each stays on an axis: "
        "nothing is mixed, and lengths can be read off.",
        "U² is diagonal, with 2 · 1/8 in both places. So what are λ² and U¹⁰ = (U²)⁵?",
        "The fourth: diag(slopes) U with both slopes 1/4 is U/4. Its largest singular value is a "
        "quarter of that of U.",
    ),
    passed="One step can double a push and ten leave a thousandth of it: σ_max > 1 is needed for "
           "an explosion and promises none. And as a logistic "
    "network the same U has to forget, whatever comes in, for its bound is below 1.",
)
