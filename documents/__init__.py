"""How records become official documents."""
