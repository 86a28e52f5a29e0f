"""Four blocks, each with D rows of M + D weights and one bias.

The width at a given price needs no formula: widen by one unit as long as the next LSTM is still no
dearer. It comes out at a little less than half, because four blocks of half the width are a full D
× D again, and W and b are counted beside it.
"""


def lstm_count(inputs, units):
    return 4 * units * (inputs + units + 1)


def same_money(M, D):
    """The count for D units, and the width at a plain cell's price."""
    count = lstm_count(M, D)
    price = D * (M + D + 1)
    width = 0
    while lstm_count(M, width + 1) <= price:
        width += 1
    return count, width
