"""Use cases that cross entities or leave the process, without HTTP.

Keys, not records, are kept across an await.
"""
