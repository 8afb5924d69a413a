"""What we learn: the lake, the metric registry and what it says of every customer.

For: segments, pages, API and exports. In the flow: after the facts; it reads PostgreSQL and the lake by table name and imports
no domain room. Vocabulary: watermark, metric, period, comparison, RFM, lifecycle stage, value pyramid, cohort.
"""
