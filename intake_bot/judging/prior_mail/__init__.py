"""What earlier mails of a unit mean for this one: supplements, pieces, open links, files sent before."""
