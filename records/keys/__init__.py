"""Which key and which account is which person: a repository of its own, which no register's writer can change (design §4)."""
