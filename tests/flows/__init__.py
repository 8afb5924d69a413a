"""The product as stories, one per file."""
