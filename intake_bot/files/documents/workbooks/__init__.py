"""Workbooks of Excel and WPS: .xlsx and .xls."""
