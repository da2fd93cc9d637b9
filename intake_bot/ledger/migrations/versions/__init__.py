"""One file per step. A step never changes once it has been released; a new one names the step before it in
`down_revision`, and `database.SCHEMA` names the newest."""
