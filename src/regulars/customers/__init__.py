"""Who buys: profile, typed identifiers, custom fields, tags, notes and files of each customer.

For: sales (receipts find their customer here), insight (reads it without names) and the 360 page.
In the flow: after organization, beside catalog, before sales. Vocabulary: identifier, nameless card, sealed value, tag, claim.
"""
