"""Does it meet the notice? Facts and rules in, a verdict out. Pure."""
