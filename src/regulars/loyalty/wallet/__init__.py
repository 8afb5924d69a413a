"""The ledger: accounts, transfers, entries, lots and holds, in points and money alike (D5).

For program, offers, cards and checkout, which are the only callers of its verbs. Nothing here is changed or deleted: a
correction is another transfer. Vocabulary: unit, account, transfer, entry, lot, hold, debt, as of, as known at.
"""
