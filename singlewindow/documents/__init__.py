"""Documents: uploaded once, kept safe, bound to what they prove, asked for once."""
