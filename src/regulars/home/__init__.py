"""What people look at: the dashboard, the customer list and the 360 page, products, stores and receipts.

For: everyone who signs in. In the flow: after everything; it composes what the rooms below know and writes nothing of its own.
"""
