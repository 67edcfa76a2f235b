enum ApeDemoPlaceholder {}
