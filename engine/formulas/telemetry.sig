# What the formulas speak of. Ids are bare (`1042`, `ann`), without the `kind:` of an entity reference;
# amounts are in minor units (cents); `ok`, `open` and `atstop` are 0 or 1.
http(ip:string, session:string, method:string, path:string, status:int)
login(account:string, ip:string, ok:int)
pay(order:string, card:string, ip:string, amount:int)
payfail(card:string, ip:string, amount:int, reason:string)
capture(order:string, amount:int)
# staff asked for the refund; destination is the card that gets the money
refund(order:string, staff:string, amount:int, destination:string)
# from this amount on a refund needs a second person; known where the request names its limit
limit(order:string, amount:int)
# approver said yes to the refund that staff asked for
approve(order:string, staff:string, approver:string)
publish(page:string, revision:int, author:string, via:string)
# somebody other than the author said yes to this revision
review(page:string, revision:int, reviewer:string)
signed(page:string, revision:int, signer:string)
scan(parcel:string, step:string, place:string, actor:string)
door(van:string, open:int, atstop:int)
release(release:string, signer:string)
# chargeback of an order's payment
chargeback(order:string, amount:int)
