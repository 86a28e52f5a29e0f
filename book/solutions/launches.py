"""In a layer, something happens once and something at every step. The product with the inputs is at
every step in the loop, and once in all other forms. Fusing makes one kernel of the elementwise ones
and leaves the products. A graph takes the place of k steps; T // k of them fit, and T % k steps are
launched as before. The persistent kernel is launched once, after the inputs' product.

All of it is multiplied by the layers: none of them can begin before the one below has finished, so
nothing of two layers is launched together.
"""


def launches(T, layers, products, pointwise, k):
    """How often the host launches something, in five forms of one network."""
    loop = layers * T * (1 + products + pointwise)
    hoisted = layers * (1 + T * (products + pointwise))
    fused = layers * (1 + T * (products + 1))
    graph = layers * (1 + T // k + T % k * (products + 1))
    persistent = layers * 2
    return loop, hoisted, fused, graph, persistent
