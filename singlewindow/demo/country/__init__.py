"""A made country: traders, brokers and fraudsters from one seed, and the truth of what they declare.

Nothing here reads a clock, a database or a shared generator of chance: the same seed and the same checks make the
same world, byte for byte. How it is filed stands beside this package, in `singlewindow/demo/playing.py`.
"""
