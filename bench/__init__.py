"""Time, growth and accuracy of the desk beside what one would use instead."""
