enum ApeReportPlaceholder {}
