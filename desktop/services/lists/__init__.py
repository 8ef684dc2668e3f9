"""What the pages list: ids in order, rows by id."""
