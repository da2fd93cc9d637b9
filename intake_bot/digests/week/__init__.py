"""The report on a week: figures, sentences to paste into the bureau's own summary, tables."""
