"""A block has D rows, and each row M weights for the input, D for the old state and one bias. Four
blocks, three, two: all the rest is how many biases somebody keeps.

A GRU has two gates where an LSTM has three. But the candidate costs as much as a gate, so it is
three blocks against four, a quarter fewer, and not two against three.

At equal price the width grows by less than a third, because U grows with its square.
"""


def gru_count(inputs, units):
    return 3 * units * (inputs + units + 1) + units


def what_it_costs(M, D):
    """Five counts, and the units of a GRU at the LSTM's price."""
    block = D * (M + D + 1)
    lstm = 4 * block
    gru = gru_count(M, D)
    gru_before = 3 * block
    gru_two = 3 * (block + D)
    mgu = 2 * block
    units = D
    while gru_count(M, units + 1) <= lstm:
        units += 1
    return lstm, gru, gru_before, gru_two, mgu, units
