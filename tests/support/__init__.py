"""What tests share: servers, builders, strategies."""
