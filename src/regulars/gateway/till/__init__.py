"""The HTTP door of the till protocol, `/api/v1/till/…`: identify, quote, commit, void, return, close the day.

For tills and shops (docs/how-to/till-protocol.md). Thinner than the rest of the API because a queue stands behind each
call: bodies are read by hand (`reading`), the caller is looked up at most every other second (`callers`), and the answer is
the bytes that `loyalty.checkout` keeps (decision 0013). Refusals, rates and rights are those of `gateway.api`.
"""
