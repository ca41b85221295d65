# What the steps of a licence key leave behind.
bought(key:string, buyer:string)
waited(key:string)
issued(key:string, owner:string)
redeemed(key:string, user:string)
