enum ApeCorePlaceholder {}
