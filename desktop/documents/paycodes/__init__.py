"""Ways to pay on the paper: codes that a phone reads, the Swiss QR-bill with its slip, and what they say."""
