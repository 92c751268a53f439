"""How records live and move: the matter and its rules, the acts, the Git store, the index, and above them the register."""
