"""The exercises, a folder a chapter and a file an exercise."""
