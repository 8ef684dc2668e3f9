"""Files that tell a bank what to fetch and what to pay: ISO 20022 in Europe, NACHA in the United States."""
