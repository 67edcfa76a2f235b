enum ApeStorePlaceholder {}
