# What the steps of accounts payable leave behind.
called_back(caller:string)
account_changed(clerk:string)
change_dropped(clerk:string)
entered(invoice:string, clerk:string)
paid(invoice:string, clerk:string)
