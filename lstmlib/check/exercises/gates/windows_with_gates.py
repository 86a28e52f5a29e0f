"""What crosses the border between two windows, once the cell is an LSTM?"""

from lstmlib.check.exercise import Choice, Option

EXERCISE = Choice(
    kind="recall",
    title="Windows, again",
    level="routine",
    statement="""Two chapters ago a network learned to spell. The text was laid out in parallel streams and cut into windows of 40 letters; a window began in the state in which the one before had ended, and after each window came one update, by a gradient that was worked out inside the window only. The state was $h_t$.

Now put an LSTM in the plain cell's place. What should cross the border from one window into the next?""",
    options=[
        Option(
            "h alone: it is what the rest of the network reads, and c can be worked out from it.",
            "h is o ⊙ tanh(c), and where the output gate was shut h says nothing about c. The"
            " memory would begin every window empty, and what it was protecting would be gone.",
        ),
        Option(
            "c alone: it is the memory, and h can be worked out from it.",
            "h is o ⊙ tanh(c), and o is not in c: it was made from the last input and the h before."
            " All four layers of the next step read that h.",
        ),
        Option(
            "h and c, as numbers; the gradient of neither goes back across the border.", right=True
        ),
        Option(
            "h and c, and the gradient along c with them: there is no tanh on that way, so there is"
            " no need to cut it.",
            "The cut was not made against vanishing. Behind the border lies a window whose update"
            " is done; to follow c into it, and into the one before, would make one sequence of the"
            " whole text, with a single update at its end.",
        ),
        Option(
            "h and c; but now the windows may be shuffled, since the forget gate can clear a memory"
            " that is not one's own.",
            "It can clear, but how should it know that this memory is another's? And if it did,"
            " each window would begin with nothing: carrying the state would be for nothing, as it"
            " was with shuffled windows two chapters ago.",
        ),
        Option(
            "Nothing: each window begins with zeros, since an LSTM decides for itself what to"
            " keep.",
            "It decides inside a window. With zeros at each border nothing that was read before"
            " could help; the plain cell lost about a tenth of a bit per character by that, with"
            " windows of 8.",
        ),
    ],
    hints=(
        "Go through the equations of a step: which vectors of the step before are needed?",
        "Can h be worked out from c, or c from h? Think of an output gate that is shut.",
        (
            "The values that are carried and the gradient that is cut were two different questions"
            " two chapters ago. Answer them one by one."
        ),
    ),
    passed=(
        "The state of an LSTM is a pair, and both halves are carried in order. Two decisions of"
        " chapter 4 stand as they were: numbers go on, gradients stop."
    ),
)
