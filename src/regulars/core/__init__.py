"""What every room stands on: money, business time, errors, personal-data crypto, events, jobs, synced rows.

For: all rooms above; it imports none of them and knows no word of retail.
In the flow: before everything. Vocabulary: minor unit, business date, sealed value, digest, outbox, synced row, home folder.
"""
