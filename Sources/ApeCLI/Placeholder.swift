enum ApeCLIPlaceholder {}
