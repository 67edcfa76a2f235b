enum ApeTestKitPlaceholder {}
