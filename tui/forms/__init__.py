"""Acts as forms on the screen: the menu of acts, the form made from a row of the table, the editor of the report.

May touch ``frame`` and below. Its door: ``form.form_for``.
"""
