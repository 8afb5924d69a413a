"""The demo company: a published retail panel, imported through the very code that users have.

For: first looks, tests and benchmarks. In the flow: before the gateway, as just another source of files.
"""
