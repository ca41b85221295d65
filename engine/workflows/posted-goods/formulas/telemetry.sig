# What the steps of an order leave behind; prices and amounts in whole units.
catalogue(order:string, price:int)
capture(order:string, amount:int)
packed(order:string, packer:string)
handed_over(order:string, taker:string)
# the customer's signature, and the courier's scan
received(order:string)
delivered(order:string)
