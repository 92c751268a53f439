"""What the bureau is and has set: people and offices, policy, workdays, number series, who may see what.

May touch ``matter``. Its door: ``roster.Roster``, ``policy.Policy``, ``calendar.Calendar``.
"""
