"""Results that are kept: the tables under book/results and how they are read and extended.

    league    bits per character on one test text, one row a model
"""
