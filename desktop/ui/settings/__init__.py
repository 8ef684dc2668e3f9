"""Everything that is set once: the firm, its segments, prices, taxes, numbers, rules, people, currencies, look."""
