"""Every metric and figure on every engine, and beside hand-written SQL on the real panel."""
