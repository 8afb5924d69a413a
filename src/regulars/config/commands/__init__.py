"""One function per verb of the command line: open the installation, hand over to the room that does the work, print."""
