"""The goals of concurrency, order, time and outage (G1–G4, G9–G12, G19) at full count, against an installation of their own.

`python -m conformance.goals` serves one in a new folder and speaks to it as tills do; what it counts, it counts in the answers
and in the database. The suite runs a small part of each goal; docs/reference/goals.md has the figures of a full run.
"""
