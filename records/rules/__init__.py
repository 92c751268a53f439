"""What follows from a record on a day, computed and never stored: duties, clocks and lights, routes, figures, scores, flags.

May touch ``matter`` and ``bureau``. Pure functions: the day and the policy are arguments.
"""
