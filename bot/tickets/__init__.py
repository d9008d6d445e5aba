"""The request desk: what a ticket is, when it is due, and who may do what with it."""
