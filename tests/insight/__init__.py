"""The lake, the metrics and the figures of customers."""
