enum ApeTransferPlaceholder {}
