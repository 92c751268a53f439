"""The desk line by line, for screen readers and bad lines: what is to do, every act, matters and papers in sentences.

May touch ``desk`` and, of the screens' rooms, what needs no screen: drafts. No line carries anything by colour, place or drawing.
"""
