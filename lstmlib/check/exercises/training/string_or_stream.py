"""Recall, chapter 7: who was trained on single strings, and meets a stream."""

from lstmlib.check.exercise import Choice, Option

EXERCISE = Choice(
    kind="recall",
    title="From strings to a stream",
    level="routine",
    statement="""Two chapters ago LSTMs read strings in which a letter at the beginning comes back
at the end: in between it has to be remembered.

Now somebody trains such a network on batches of single strings, all rightly masked, each from a
state of zeros. On fresh strings it makes no mistake. Then it is put to work on an endless stream:
one string after the other, the state carried on, and nothing that says where a string ends. From
the second string on it gets the letter wrong. It has forget gates, with a forget bias of 1. What
will help?""",
    options=[
        Option("A forget bias of 5 in the same training, so that the gates stay open and remember "
               "more.",
               "It does not remember too little: what trips it is what the last string left "
               "behind. Gates that begin at 0.993 let go of even less."),
        Option("A forget bias of 0 in the same training: half of everything is then gone after "
               "each step.",
               "That is where the gates begin, not what they become. Single strings asked it to "
               "keep the letter, so training opens them (or fails); nothing in them asks it to "
               "drop one."),
        Option("Nothing of the kind: a cell without a forget gate does better on streams.",
               "It does worse. Trained on single strings each of the cells failed on the stream, "
               "and without a forget gate c grew with everything that was read."),
        Option("Training on the stream: windows of it in their order, the state carried from one "
               "to the next.", right=True),
        Option("Training on the stream, cut into windows shorter than a string, each of which "
               "begins at zero.",
               "Then no window holds both a letter and the place where it comes back, and none "
               "begins with what the one before has left. Nothing asks it to keep a letter, or to "
               "drop one."),
        Option("More single strings, and longer ones.",
               "Every string would still begin with a clean slate. All forty networks of chapter 7 "
               "that were trained so failed on the stream, whatever their cell."),
    ],
    hints=(
        "What has the network met on the stream that it never met in training?",
        "A forget gate makes it possible to clear a memory. What makes the network learn when to "
        "do so?",
        "It must meet states with something old in them, at the beginning of a string, while it is "
        "being trained. Which of the trainings gives it those?",
    ),
    passed="A forget gate makes resetting learnable, and only a stream with its state carried asks "
           "for it. Train on what you will use it on, in the order in which it comes.",
)
