"""Readers of one format each: bytes to a header and batches of text cells with the row number of the user's file.

They run in the child. `rows.py` says what a reader returns, `sniffing.py` chooses it, and none of them knows our fields.
"""
