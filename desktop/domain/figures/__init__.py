"""What figures say beyond their sums: how well money is collected, what is usual, what will come."""
