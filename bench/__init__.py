"""Benchmarks: ours beside the limit of the same machine in the same run. `regulars bench` runs every module with a `run`."""
