"""What a person at a terminal touches: the ``duban`` command and the Textual app."""
