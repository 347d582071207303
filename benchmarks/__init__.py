"""How fast, and in how much memory: measurements of what the project promises, run with `aanboord bench`.

Belongs here: one file a benchmark, the data that they run on, a process of its own for each, and the results that were kept. Not here:
whether something is right (`tests`), or anything that the product needs: nothing imports this but the command.
"""
