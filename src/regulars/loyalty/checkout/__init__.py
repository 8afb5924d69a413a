"""One short conversation with a till: identify, quote, commit, void, return (the till protocol).

For tills, web shops and the till screen in the browser. Joins sales, wallet, cards, program and offers in one transaction,
under the id that the till gave. Vocabulary: quote, basket, commit, void, parked message, price check, journal.
"""
