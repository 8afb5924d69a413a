"""The border: files and REST in and out, validated and idempotent.

For: tills, web shops, other systems and people with spreadsheets. In the flow: everything that enters goes through here into
the rooms' services. Vocabulary: import batch, mapping, reject, dry run, undo, API key, problem, cursor.
"""
