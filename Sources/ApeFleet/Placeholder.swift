enum ApeFleetPlaceholder {}
