"""What is sold: products with category tree, brand, supplier, price and cost.

For: sales (lines name products), insight and the pages.
In the flow: after organization, beside customers, before sales. Vocabulary: SKU, category path, private label, placeholder.
"""
