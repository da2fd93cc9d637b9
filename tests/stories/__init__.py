"""Stories through real servers: what a school sends, mail by mail, and what it and the clerk read in return."""
