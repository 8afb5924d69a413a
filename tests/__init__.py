"""Tests, apart from the code and mirrored by room; `flows/` tells the product as stories."""
