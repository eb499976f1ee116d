"""Files in: folders, workbooks and CSV files become records, and everything wrong is named at its cell."""
