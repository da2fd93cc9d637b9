"""How the tables came to be, step by step (alembic); run by `database.py` at every start."""
