enum ApeCoordinatorPlaceholder {}
