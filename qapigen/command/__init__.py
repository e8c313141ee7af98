"""The command line. What it imports at start is light; the compiler is loaded when needed."""
