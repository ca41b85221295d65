# What a hospital pharmacy's cold store leaves behind.
taken_in(batch:string, pharmacist:string)
released(batch:string, pharmacist:string)
given(batch:string)
# a logger that was with the batch saw it warm: the courier's box, or the probe in the store
warm(batch:string, logger:string)
# the line for remote maintenance: 1 open, 0 closed
line(open:int)
setpoint(store:string, technician:string)
