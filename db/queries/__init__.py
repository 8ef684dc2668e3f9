"""Set-based reads of the book; rows come back plain."""
