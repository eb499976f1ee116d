"""Evidence out: a workbook to fill in, CSV files; what was written reads back as it was."""
