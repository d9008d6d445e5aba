"""The ways in and out: each channel turns an event into a Message and draws a Reply."""
