# What a locker box leaves behind.
put_in(parcel:string, recipient:string, code:int)
opened(parcel:string, taker:string)
wrong_code(guesser:string)
