"""Recall, chapter 9: a comparison of two cells, one of which was averaged over its padding."""

from lstmlib.check.exercise import Number, Pencil, Slip

LENGTHS, REPORTED, RATE, LONG = (6, 3, 2, 1), 0.9, 0.1, 12
REAL, PLACES = sum(LENGTHS), len(LENGTHS) * max(LENGTHS)
PRICE = REPORTED * PLACES / REAL


def mean_over_places(lengths, price):
    """What is reported if every real step costs the same and the zeros are counted."""
    prices = [[price * (t < n) for t in range(max(lengths))] for n in lengths]
    return sum(map(sum, prices)) / sum(map(len, prices))


EXERCISE = Pencil(
    kind="recall",
    title="A fair comparison?",
    level="routine",
        statement=f"""Two people compare their cells on one batch of four strings, of {LENGTHS[0]},
{LENGTHS[1]}, {LENGTHS[2]} and {LENGTHS[3]} steps, filled up behind their ends to the length of the
longest. Each says how many nats a step costs. The LSTM's program takes the mean over the real
steps, and says 1.2. The GRU's program sets the price of each padded place to 0, then takes
`prices.mean()` over the whole rectangle, and says {REPORTED}.

- `price`: What does a step cost the GRU, as a mean over the real steps, as the LSTM's program
  counts?
- `report`: A fifth string, of {LONG} steps, joins the batch, and each of its steps costs the GRU as
  much as that mean. What does its program say of the five?
- `rate`: Back to the four strings. Both programs use plain gradient descent, with the gradient of
  the number that they report. With which learning rate would a program that averages over the real
  steps do to the GRU what its own program does at {RATE}?""",
    numbers=[
        Number("price", "price", unit="nats", expected=lambda: REPORTED * PLACES / REAL,
               tolerance=0.005, slips=[
            Slip(lambda: REPORTED, "That is what it says. Half of the places that it divides by "
                 "are padding."),
            Slip(lambda: REPORTED / 2, "The wrong way round: the sum is divided by too many "
                 "places, so what it says is too small."),
            Slip(lambda: REPORTED * 6, "You have divided the sum by the number of strings. The "
                 "mean is over steps."),
            Slip(lambda: REPORTED * 24, "This is the sum. Divide by the real steps."),
            Slip(lambda: REPORTED * 24 / 6, "You have divided by the length of the longest. Count "
                 "the real steps of all four."),
            Slip(lambda: 1.2, "This is the LSTM's."),
        ]),
        Number("report", "report", unit="nats", tolerance=0.002,
               expected=lambda: mean_over_places((*LENGTHS, LONG), PRICE), slips=[
            Slip(lambda: PRICE, "That is what a step costs. The program divides by all places."),
            Slip(lambda: (12 * PRICE + 12 * PRICE) / 36, "You have added 12 places for the new "
                 "string. The other four are filled up to 12 as well: 5 times 12."),
            Slip(lambda: 12 * PRICE / 60, "Either the new string's own 12 steps are missing in the "
                 "sum, or you have begun with 0.9 a step, and not with the first answer."),
            Slip(lambda: (12 * PRICE + 12 * REPORTED) / 60, "The new string's steps cost 0.9 each "
                 "in your sum. They cost what the first answer says."),
            Slip(lambda: REPORTED, "That is what it said before. Twelve real steps join, and how "
                 "many places? (There are five strings now.)"),
        ]),
        Number("rate", "rate", expected=lambda: RATE * REAL / PLACES, tolerance=0.002, slips=[
            Slip(lambda: RATE, "The gradient is divided by whatever the loss is divided by. So the "
                 "two gradients are not equally long."),
            Slip(lambda: RATE * 2, "The wrong way round: the gradient of the mean over the real "
                 "steps is the longer one."),
            Slip(lambda: RATE / 4, "You have the quotient squared. Which of the two gradients is "
                 "longer, and how many times?"),
            Slip(lambda: RATE / 6, "You have compared with the mean over one string, or over the "
                 "longest. It is 24 places against 12 steps."),
        ]),
    ],
    hints=(
        "How many places has the rectangle, and how many of them are real? The sum of the prices "
        "is the same whatever it is divided by.",
        "With the fifth string the rectangle grows in both directions: 5 strings, each filled up "
        "to 12.",
        "A loss that is half as large has a gradient that is half as long. Which rate makes the "
        "same step with a gradient twice as long?",
    ),
    passed="So the LSTM was ahead, and the GRU's number would have got better with every long "
           "string that joined. Before two cells are compared, two divisors are.",
)
