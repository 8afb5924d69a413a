"""What happened: receipts and returns with their lines, discounts and tenders, as facts that are only ever added.

For: loyalty, insight and the pages. In the flow: after catalog and customers, before everything that draws conclusions.
Vocabulary: receipt, line, discount kind, funding, tender, business date, return link, parked return.
"""
