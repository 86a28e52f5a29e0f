"""The exercises of chapter 15, in the order of the page."""

ORDER = ["launches", "latency-by-hand", "hoist-inputs", "saved-and-not-faster", "roofline",
         "causal-convolution", "honest-timer", "sick-benchmark", "fits-on-chip", "barrier-again"]
