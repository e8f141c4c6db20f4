"""The certificate: how far each component is from the reference, and one framework from the other, measured."""
