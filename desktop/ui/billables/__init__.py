"""The page of what waits to be billed: hours, charges, discounts and deposits, and their forms."""
