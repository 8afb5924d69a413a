"""The business in figures and lists: Today, reports, receipts, products and stores.

For whoever answers for sales, from head office to one store. Every figure comes from the metric registry of `insight`; every
list starts from what the viewer may see. `choices` reads what a page is about (dates, comparison, place) from its address,
`asking` puts the questions, `figures` and `names` put numbers and keys into words; the other modules are one page or part each.
"""
