"""Pages of offers: the list, one offer, the editor with its preview, coupons and batches."""
