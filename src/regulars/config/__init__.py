"""Wiring only: settings, URLs, the web and worker entry points and the command line. Nothing is decided here."""
