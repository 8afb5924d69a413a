"""What purchases are worth to the customer: wallet, cards, program, offers, and the checkout that joins them.

For tills, shops and the people who care for members. In the flow: after sales, before insight and the pages. Floors inside:
`checkout` uses `program`, `offers` and `cards`; those three use `wallet` and not each other. Only `wallet` changes a balance.
"""
