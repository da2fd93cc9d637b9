"""What happened, for good: tables, queries, migrations."""
