"""A person's own signature: the statement that he signs, SSH keys and signatures taken to pieces, the maths asked of a library.

Pure, and knows no act: what is signed, by which key, and whether the signature is good. May import records.matter and schema.
"""
