"""What the ledger decides, without a database and without a clock."""
