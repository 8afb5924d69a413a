"""Pages in a real browser. Skips visibly where Chromium is missing."""
