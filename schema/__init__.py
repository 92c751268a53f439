"""What a record must look like, and what the regulation allows."""
