"""Workers: the steps of a run as jobs in a queue, for several processes and machines."""
