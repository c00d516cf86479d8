"""Use cases that cross entities or leave the process. No HTTP; keys, not records, are carried across an await."""
