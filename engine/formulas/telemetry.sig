# What the formulas speak of. Ids are bare (`1042`, `ann`), without the `kind:` of an entity reference;
# amounts are in minor units (cents); `ok`, `open`, `atstop` and `near` are 0 or 1.
http(ip:string, session:string, method:string, path:string, status:int)
# a signed-in session shows itself at an address: when it is new, and whenever the address is another
# than last; network is the address without its later half
session(session:string, account:string, ip:string, network:string)
# put into a basket, and the order sent off
cart(session:string, ip:string, product:string, count:int)
checkout(session:string, ip:string)
login(account:string, ip:string, ok:int)
# a sign-in that worked, of staff; and the device of any sign-in that worked, where it is known
stafflogin(staff:string, ip:string)
device(account:string, device:string)
# address, password, email or plan of an account changed
changed(account:string, field:string, ip:string)
# what the shop's own catalogue asked for the order when it was placed
priced(order:string, amount:int)
pay(order:string, card:string, ip:string, amount:int)
# how the payer of an approved payment was asked: none, exempt, challenge, failed
authenticated(order:string, sca:string)
# the account that was signed in when a payment was approved
buyer(order:string, account:string, amount:int)
payfail(card:string, ip:string, amount:int, reason:string)
capture(order:string, amount:int)
# a customer asks for something to be put right
claim(order:string, account:string, reason:string)
# staff did something for a refund, from this address
acted(staff:string, ip:string, order:string)
# staff asked for the refund; destination is the card that gets the money
refund(order:string, staff:string, amount:int, destination:string)
# from this amount on a refund needs a second person; known where the request names its limit
limit(order:string, amount:int)
# approver said yes to the refund that staff asked for
approve(order:string, staff:string, approver:string)
# chargeback of an order's payment
chargeback(order:string, amount:int)
publish(page:string, revision:int, author:string, via:string)
# somebody other than the author said yes to this revision
review(page:string, revision:int, reviewer:string)
signed(page:string, revision:int, signer:string)
release(release:string, signer:string)
scan(parcel:string, step:string, place:string, actor:string)
# a van or locker took a parcel over, or gave it up
held(parcel:string, holder:string, actor:string)
freed(parcel:string, holder:string, actor:string)
# scanned as delivered; near is 0 where the van stood elsewhere
delivered(parcel:string, place:string, van:string, near:int)
# the parcel goes with this order; a tour's plan says where to
label(parcel:string, order:string)
planned(parcel:string, place:string)
# staff keep the parcel where it is
onhold(parcel:string, staff:string)
# the logger in a parcel sees light
light(parcel:string, lux:int)
door(van:string, open:int, atstop:int)
# a box of a locker: a valid code was typed, the door sprang open
coded(locker:string, parcel:string)
unlocked(locker:string, parcel:string)
# an order holds goods of an age; the server itself checked a proof of it
agerequired(order:string)
agechecked(order:string)
# a download or licence was handed out; a gift card or key was made for an order, and used
granted(order:string)
issued(code:string, order:string)
redeemed(code:string, account:string, ip:string)
# a supplier's bank account on file changed, somebody called the supplier, the supplier was paid
supplieraccount(supplier:string, staff:string)
calledback(supplier:string, staff:string)
supplierpaid(supplier:string, staff:string, amount:int)
# a courier took cash at a door, and brought cash to the till
cash(courier:string, order:string, amount:int)
banked(courier:string, amount:int)
