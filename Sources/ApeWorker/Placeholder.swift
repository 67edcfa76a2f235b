enum ApeWorkerPlaceholder {}
