import { range, Stream } from './draw.ts'

const FIRST = [
  'Ada', 'Ahmet', 'Aino', 'Alba', 'Amara', 'Andrei', 'Anja', 'Anton', 'Aurel', 'Beata', 'Bruno', 'Camille', 'Carlos', 'Chiara',
  'Dana', 'David', 'Dilan', 'Dora', 'Elif', 'Elin', 'Emil', 'Emma', 'Enzo', 'Esra', 'Eva', 'Fatima', 'Felix', 'Filip', 'Freja',
  'Gabor', 'Giulia', 'Hanna', 'Hugo', 'Ida', 'Ines', 'Ivan', 'Jakub', 'Jana', 'Jonas', 'Julia', 'Kaja', 'Karim', 'Katarina',
  'Klara', 'Lars', 'Leila', 'Lena', 'Leo', 'Levi', 'Lina', 'Luca', 'Luis', 'Maja', 'Marco', 'Maria', 'Marta', 'Mateo', 'Mehmet',
  'Milan', 'Mira', 'Nadia', 'Nils', 'Nina', 'Noah', 'Nora', 'Olga', 'Oskar', 'Paula', 'Pavel', 'Petra', 'Rafael', 'Rania',
  'Robin', 'Rosa', 'Sami', 'Sara', 'Selma', 'Sofia', 'Stefan', 'Tereza', 'Theo', 'Tilda', 'Tomas', 'Ugo', 'Vera', 'Viktor',
  'Wanda', 'Yara', 'Yusuf', 'Zoe',
] as const

const FAMILY = [
  'Aalto', 'Abadi', 'Adler', 'Aksoy', 'Almeida', 'Andersen', 'Bauer', 'Becker', 'Bellini', 'Berg', 'Bianchi', 'Blom', 'Bondar',
  'Brandt', 'Castro', 'Costa', 'Cruz', 'Dahl', 'Demir', 'Diallo', 'Dubois', 'Duarte', 'Ekman', 'Farkas', 'Ferrari', 'Fischer',
  'Fontaine', 'Garcia', 'Georgiou', 'Gruber', 'Haas', 'Haddad', 'Hansen', 'Hartmann', 'Heikkinen', 'Holm', 'Horvat', 'Ibrahim',
  'Ivanova', 'Jansen', 'Kaiser', 'Kaya', 'Keller', 'Klein', 'Kovacs', 'Kowalski', 'Kruger', 'Lang', 'Larsen', 'Lehmann', 'Lindqvist',
  'Lopez', 'Maier', 'Marino', 'Meyer', 'Moreau', 'Moretti', 'Murphy', 'Nagy', 'Nemeth', 'Nielsen', 'Novak', 'Nowak', 'Oliveira',
  'Olsen', 'Osman', 'Papadaki', 'Pereira', 'Petrov', 'Popescu', 'Ricci', 'Rossi', 'Roux', 'Ruiz', 'Santos', 'Sauer', 'Schmid',
  'Silva', 'Simon', 'Stein', 'Svensson', 'Szabo', 'Toth', 'Vega', 'Virtanen', 'Vogel', 'Wagner', 'Weber', 'Winter', 'Wolf',
  'Yilmaz', 'Zeman', 'Ziegler', 'Zimmer',
] as const

/** First and family name of a customer; repeats happen, as in life. */
export function customerName(customer: number, seed: number): string {
  const first = FIRST[range(FIRST.length, seed, Stream.customerTraits, customer, 0)]!
  return `${first} ${FAMILY[range(FAMILY.length, seed, Stream.customerTraits, customer, 1)]!}`
}

export function staffName(staff: number, seed: number): string {
  const first = FIRST[range(FIRST.length, seed, Stream.staffTraits, staff, 0)]!
  return `${first} ${FAMILY[range(FAMILY.length, seed, Stream.staffTraits, staff, 1)]!}`
}

const MAIL = ['postbox.example', 'letterbird.example', 'mailhaven.example', 'inbox.example'] as const

/** Mail address of a customer, unique by its number where two share a name. */
export function customerAccount(customer: number, seed: number): string {
  const [first, family] = customerName(customer, seed).toLowerCase().split(' ') as [string, string]
  const mail = MAIL[range(MAIL.length, seed, Stream.customerTraits, customer, 2)]!
  const year = 50 + range(50, seed, Stream.customerTraits, customer, 3)
  return `${first}.${family}${year}${customer % 10}@${mail}`
}
