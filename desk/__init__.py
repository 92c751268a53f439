"""What one person sees and may do at a register, with the forms and words for it. Knows no terminal, no clock and no environment.

May touch everything below ``tui``. Its door: ``desk.Desk``.
"""
