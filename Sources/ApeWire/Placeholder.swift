enum ApeWirePlaceholder {}
