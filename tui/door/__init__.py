"""The door: what sshd starts for a person. Who he is was said by whom it trusts; what he asks for is hostile until it fits the grammar."""
