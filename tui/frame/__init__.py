"""What all screens have in common: title, status line, reading beside the drawing; facts, papers and lists to pick from.

May touch ``terminal`` and ``widgets``. Its door: ``screen.DeskScreen``.
"""
