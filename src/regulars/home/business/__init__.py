"""The business in figures and lists: Today, reports, receipts, products and stores.

For whoever answers for sales, from head office to one store. Every figure comes from the metric registry of `insight`; every list
starts from what the viewer may see. `choices` reads what a page is about (period, comparison, place) from its address, `figures`
puts numbers into words, `names` puts keys into words; the other modules are one page each.
"""
