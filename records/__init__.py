"""How records live and move: model, acts, roster, deadlines, numbers, the register and its index."""
