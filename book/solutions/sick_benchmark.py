"""For the loop and one call the table says 360 ms, which is six calls; for five, 5 · 120 = 600 ms,
which is ten calls; for twenty, 20 · 75 = 1,500, which is 25. Five too many each time, and for the
other three programs as well. Five calls warm it up. They come back at once, the clock starts, and
the device has all five still to do.

So the error is a constant number of calls, and shrinks as it is divided by more of them. A wait
before the clock starts removes it.
"""


def a_call(work, calls, waits, warm=5, launch=0.02):
    """ms a call, on a device with a queue."""
    clock = free = 0.0
    for call in range(warm + calls):
        if call == warm:
            if waits:
                clock = max(clock, free)             # the line that was missing
            start = clock
        clock += launch
        free = max(free, clock) + work
    return (max(clock, free) - start) / calls


assert [round(a_call(60, calls, waits=False)) for calls in (1, 5, 20)] == [360, 120, 75]
assert all(abs(a_call(60, calls, waits=True) - 60) < 0.03 for calls in (1, 5, 20))
