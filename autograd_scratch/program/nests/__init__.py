"""Loop nests: what the equations of arrays are for a machine, before any language.

`building.nests_of` makes them of a trace that is written for speed. What is computed where is settled in
`works` and `splitting`, what shares a nest in `grouping`, where it stands in memory in `storage`, in which
order it is looped over in `ordering`, and `writing` writes the loops. `rounds` puts loops over time around
them, and `repeating` epochs and batches.
"""
