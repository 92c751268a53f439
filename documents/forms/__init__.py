"""One file a form: 专报, 信函, 内部行文, slips, the 督办报告, the 通报, workbooks.

Pure functions of records and layout to bytes. May touch ``layout`` and ``records``; writes no file.
"""
