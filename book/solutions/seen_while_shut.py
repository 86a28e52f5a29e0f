"""h = o ⊙ tanh(c) is 0 as long as o is. Whoever hears h, hears nothing: all gates of a plain LSTM, by
U, and all of a layer above it, by its W.

A peephole is a wire to c itself. Those of i and f must look before the new c is made: they see
c_4. That of o looks after it and sees c_5, shut or not; if p_o is large enough, that is how it comes
to open. The depth gate of the layer above is a peephole from another floor: when it looks, the
lower layer has made its step, so it sees c_5 as well.
"""

o, c_4, c_5 = 0.0, 0.4, 0.5
h = o * c_5                       # what everybody without a wire to c can hear
seen = {"i, f": c_4, "o": c_5, "depth gate above": c_5}
assert h == 0 and seen["i, f"] != seen["o"] == seen["depth gate above"]
