"""Ours beside its limit, in one run: `python -m benchmarks` prints one JSON object a line. See README.md."""
