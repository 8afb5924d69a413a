"""The medium in a customer's hand: physical and digital cards, their stock, stored value and what the law says of it.

For tills, stores and finance. A card is not an account: accounts belong to the member, or to the card while nobody has claimed
it. Vocabulary: card type, number range, batch, movement, stock count, activation, top-up, rule pack, settlement.
"""
