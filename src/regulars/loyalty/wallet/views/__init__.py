"""Pages of the ledger: its entries, what is owed, and one member's wallet."""
