"""Regulars (熟客): a self-hosted retail CRM. `README.md` beside this file draws the flow through its rooms."""
