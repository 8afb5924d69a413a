"""The rule language: one tree of typed nodes for eligibility, segments, branches and triggers (D8).

For rooms that let people write conditions. A room says in its `vocabulary.py` what can be asked of it; a tree is checked
against the joined vocabulary, read aloud in both languages and answered for one subject. Unknown is not false.
"""
