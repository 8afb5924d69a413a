"""The rules themselves: written as drafts, tried on real receipts, published, and proven against the ledger (X2)."""
