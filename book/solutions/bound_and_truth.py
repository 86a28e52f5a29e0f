"""U makes (0, 1/8) of (1, 0), and (2, 0) of (0, 1): it stretches along the axes, by 1/8 and by 2.
These are its singular values, and the largest is 2.

An eigenvector keeps its direction. From U (v, w) = (2 w, v/8) = λ (v, w) follows λ² = 2 · 1/8 =
1/4, so the eigenvalues are 1/2 and -1/2, and the spectral radius is 1/2.

Twice U sends each unit's value through both entries: U² is 1/4 times the identity. Hence U^10 =
(U²)^5 = (1/4)^5 = 1/1024 = 0.00098 times the identity, while the bound is 2^10 = 1024. The
direction that one step doubles, (0, 1), becomes (2, 0), which the next step makes an eighth as
long.

With the logistic function both slopes are at most 1/4, and one step stretches by at most 1/4 · 2 =
1/2. Now the bound itself is below 1, and all gradients vanish, whatever the inputs.
"""

import numpy as np

U = np.array([[0, 2], [1 / 8, 0]])
sigma = np.sqrt(max(U[0, 1] ** 2, U[1, 0] ** 2))    # U^T U is diagonal
rho = np.sqrt(U[0, 1] * U[1, 0])
ten = (U[0, 1] * U[1, 0]) ** 5
logistic = sigma / 4
