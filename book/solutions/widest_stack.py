"""Only the first layer reads the M inputs. Every further one reads the D numbers of the layer
below, so that its W is as large as its U: 4D (2D + 1). The read-out sees the topmost layer alone.

With few inputs a second layer therefore costs about twice what the first one does, and at the same
price two layers are a little more than half as wide as one: three matrices of D × D in the place
of one, and the root of 1/3 is 0.58.
"""


def widest_stack(M, N, L, budget):
    """The width of each layer, and what the network then costs."""
    def cost(D):
        first = 4 * D * (M + D + 1)
        further = 4 * D * (D + D + 1)
        readout = N * D + N
        return first + (L - 1) * further + readout

    D = 1
    while cost(D + 1) <= budget:
        D += 1
    return D, cost(D)
