"""A recall question: a letter fed back is no state."""

from lstmlib.check.exercise import Choice, Option

EXERCISE = Choice(
    kind="recall",
    title="Is the letter it wrote not memory enough?",
    level="routine",
    statement="""
A trained recurrent network writes text. At each step it reads one character,
$h_t = \\tanh(W x_t + U h_{t-1} + b)$, gives probabilities for the next, one is drawn, and the
drawn character is its next input $x_{t+1}$. The state is handed on as well.

"The state can go," says a friend. "What the network wrote comes back in as its input, so it sees
its own text anyway." And sets $h_{t-1} = 0$ before every step. The weights stay as they are,
trained on whole texts. What can the network still do?""",
    options=[
        Option(
            "All it could do before: the letters that are fed back hold what the state held.",
            "One letter comes back, the last. Of those before it only the state knew anything; "
            "that they were once inputs is of no use to a step that does not see them.",
        ),
        Option(
            "It chooses by the last letter alone: no better than a table of what follows each "
            "single letter.",
            right=True,
        ),
        Option(
            "It goes on spelling the words it has learned, since these are in its weights; it "
            "only loses sight of longer sentences.",
            "The weights are the same at every step. Same input, same state, same probabilities: "
            "after every t it says the same, in whatever word it stands.",
        ),
        Option(
            "It chooses by the last two letters: the one it reads and the one from which that was "
            "predicted.",
            "The one before was an input one step ago, and what it left behind was in the state. "
            "With that at 0 nothing of it is left.",
        ),
        Option(
            "Nothing: it will write one and the same letter for ever.",
            "The probabilities still depend on the letter it reads, and the next is drawn from "
            "them. So it goes from letter to letter, only without aim.",
        ),
    ],
    hints=(
        "Put h = 0 into the equation of the step. What is left that could differ from step to "
        "step?",
        "Feed it the letter t twice, at two places of a text. Can it answer differently?",
        "One input, one answer: the probabilities are now a function of a single letter. Which "
        "model that only counts is like that?",
    ),
    passed=(
        "With the state at zero, h is a function of the letter just read, and so are the "
        "probabilities: one distribution for each letter, as in a bigram table. An output fed "
        "back says what was written last; a state has room for what was not said."
    ),
)
