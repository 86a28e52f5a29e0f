"""Recall, chapter 10: who sees a memory while its output gate is shut."""

from lstmlib.check.exercise import Choice, Option

EXERCISE = Choice(
    kind="recall",
    title="Seen while shut",
    level="routine",
    statement=r"""Two layers, one above the other. The lower one is an LSTM with all three
peepholes, as in chapter 10. Its memory counts in silence: $c_1 = 0.1$, $c_2 = 0.2$, and so on,
while its output gate is shut, $o_t = 0$ at every step. The upper layer is *either* an LSTM with
peepholes as well, *or* a depth-gated one, whose gate $d_t$ has a peephole into the memory of the
layer below.

It is step 5. Which gates have a number to go by that tells them of the lower layer's memory, and
which number?""",
    options=[
        Option(
            "None. Where the output gate is shut h is 0, and everything that goes from one place to"
            " another in such a network goes by h.",
            "That is an LSTM without peepholes. A peephole is a wire to c itself, past the output"
            " gate.",
        ),
        Option(
            "In the lower layer i, f and o see 0.4, for o cannot see what is made later. In the"
            " upper layer all gates hear of it through their peepholes.",
            "The lower layer's o looks after c_5 is made. And the upper layer's own peepholes look"
            " into the upper layer's own memory.",
        ),
        Option(
            "In the lower layer i and f see 0.4, and o sees 0.5. In the upper layer d, if there is"
            " one, sees 0.5; all other gates there learn nothing.",
            right=True,
        ),
        Option(
            "In the lower layer i, f and o see 0.5. In the upper layer d, if there is one, sees"
            " 0.5; all other gates there learn nothing.",
            "i and f are needed to make c_5. They look before it is there, at c_4 = 0.4.",
        ),
        Option(
            "In the lower layer i and f see 0.4, and o sees 0.5. In the upper layer d, if there is"
            " one, sees 0.4, the lower memory of the step before; all other gates there learn"
            " nothing.",
            "When the upper layer takes step 5 the lower one has already taken it. The depth gate"
            " reads the new memory, and it is the new one that it lets up.",
        ),
        Option(
            "In the lower layer i and f see 0.4, and o nothing, being shut. In the upper layer d"
            " sees 0.5 if there is one; and if not, the other gates hear tanh(0.5) by way of W.",
            "Being shut does not make a gate blind: o sees 0.5, and may open by it. And W carries h"
            " up, which is o tanh(c) = 0.",
        ),
    ],
    hints=(
        (
            "What does each gate read? Make a list of wires: by W, by U, by a peephole. Which of"
            " them carry h, and which carry c?"
        ),
        (
            "Order the step: i, f and the candidate, then c, then o, then h; and after all that the"
            " layer above."
        ),
        (
            "Those who look before c_5 is made see c_4, those who look after it see c_5. Those who"
            " have no wire to the lower layer's c see neither."
        ),
    ),
    passed=(
        "A shut output gate hides a memory from everyone who hears h: the cell's own gates, and all"
        " layers above. A peephole looks past it, from inside or, as the depth gate, from one"
        " floor up."
    ),
)
