"""The commands of `aanboord`: one file a command, or a group of commands that share a word."""
