"""Keeping an installation: verify, backup, restore, doctor, health and bench.

For: whoever runs Regulars. In the flow: beside it; it looks at every room through the room's own invariants.
"""
