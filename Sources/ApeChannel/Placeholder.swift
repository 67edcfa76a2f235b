enum ApeChannelPlaceholder {}
