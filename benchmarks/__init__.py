"""Measurements, run by hand: `python -m benchmarks`. They print figures and judge nothing."""
