"""Where metrics and figures are computed: DuckDB in this process, or a Spark cluster (D7).

An expression is written once, over named tables of the lake; `engine.chosen()` gives whoever computes it here.
"""
