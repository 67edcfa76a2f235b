enum ApeAgentPlaceholder {}
