enum ApeMetricsPlaceholder {}
