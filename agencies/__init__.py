"""The other border agencies: what they require, the permits they issue, the goods they hold."""
