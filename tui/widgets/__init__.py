"""Widgets that screens share: the list of many rows, the comparison of two texts.

May touch ``terminal``; knows no register.
"""
