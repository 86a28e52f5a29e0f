"""W is (D, M), U is (D, D), b has D entries, V is (N, D) and b_y has N. That is all: T is not among
the letters.

The unrolled network has T layers, but they are copies of one; reading a longer sequence costs time,
not parameters. And the state is not a parameter: it moves while the network reads, the parameters
move while it is trained.

The count grows with the square of D, so that twice the budget does not buy twice the width.
"""


def widest(M, N, T, budget):
    def cost(D):
        cell = D * M + D * D + D
        readout = N * D + N
        return cell + readout

    D = 0
    while cost(D + 1) <= budget:
        D += 1
    return D
