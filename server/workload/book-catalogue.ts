import type { Random } from '../lib/random.ts';
import type { BookDetails } from '../library/events.ts';

/** Details of a book that does not exist but could; some 200 bytes as JSON, as real ones have. */
export function bookDetails(random: Random): BookDetails {
  return {
    ISBN: isbn(random),
    Title: title(random),
    Authors: authors(random),
    Edition: random.pick(EDITIONS),
    Publisher: random.pick(PUBLISHERS),
    PublicationYear: OLDEST_YEAR + random.below(NEWEST_YEAR - OLDEST_YEAR + 1),
  };
}

/** The name of somebody who could be a reader or an author. */
export function personName(random: Random): string {
  return `${random.pick(GIVEN_NAMES)} ${random.pick(FAMILY_NAMES)}`;
}

const OLDEST_YEAR = 1952;
const NEWEST_YEAR = 2025;

function authors(random: Random): string {
  const first = personName(random);
  return random.chance(0.25) ? `${first}, ${personName(random)}` : first;
}

function title(random: Random): string {
  const [quality, thing, place] = [random.pick(QUALITIES), random.pick(THINGS), random.pick(PLACES)];
  switch (random.below(4)) {
    case 0:
      return `The ${quality} ${thing}`;
    case 1:
      return `${quality} ${thing}s of ${place}`;
    case 2:
      return `${place}: A History in Twelve ${thing}s`;
    default:
      return `The ${thing} and the ${random.pick(THINGS)}: Letters from ${place}`;
  }
}

/** ISBN-13 in hyphens, with its check digit: weights 1 and 3 in turn, all thirteen add up to a multiple of ten. */
function isbn(random: Random): string {
  const digits = `978${random.below(10)}${String(random.below(100_000_000)).padStart(8, '0')}`;
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) sum += Number(digits[at]) * (at % 2 === 0 ? 1 : 3);
  const check = (10 - (sum % 10)) % 10;
  return `978-${digits[3]}-${digits.slice(4, 8)}-${digits.slice(8)}-${check}`;
}

const EDITIONS = [
  '1st Edition',
  '1st Edition, paperback',
  '2nd Edition',
  '2nd Edition, revised',
  '3rd Edition',
  '4th Edition, enlarged',
  'Large Print Edition',
  'Annotated Edition',
];

const PUBLISHERS = [
  'Harbour & Pine',
  'Lindenhof Verlag',
  'Nine Lanterns Press',
  'Éditions du Vieux Pont',
  'Copper Kettle Books',
  'Northgate University Press',
  'Casa Azul Editorial',
  'Saltmarsh House',
  'Meridian & Sons',
  'Quiet Street Publishing',
];

const QUALITIES = [
  'Silent',
  'Forgotten',
  'Crooked',
  'Borrowed',
  'Invisible',
  'Patient',
  'Unwritten',
  'Northern',
  'Golden',
  'Restless',
  'Hidden',
  'Seventh',
  'Distant',
  'Painted',
];

const THINGS = [
  'Garden',
  'Lighthouse',
  'Cartographer',
  'Orchard',
  'Winter',
  'Clockmaker',
  'River',
  'Archive',
  'Bridge',
  'Station',
  'Compass',
  'Harvest',
  'Window',
  'Apprentice',
  'Island',
  'Ledger',
];

const PLACES = [
  'Lisbon',
  'Trondheim',
  'Valparaíso',
  'Kyoto',
  'Zanzibar',
  'Kraków',
  'Halifax',
  'Samarkand',
  'Montevideo',
  'Galway',
  'Tbilisi',
  'Oaxaca',
  'Lübeck',
  'Madurai',
];

const GIVEN_NAMES = [
  'Amara',
  'Bengt',
  'Carla',
  'Dmitri',
  'Eleni',
  'Farid',
  'Greta',
  'Haruki',
  'Inés',
  'Jonas',
  'Kamala',
  'Luca',
  'Mei',
  'Nadia',
  'Oscar',
  'Priya',
  'Quentin',
  'Rosa',
  'Søren',
  'Tariq',
];

const FAMILY_NAMES = [
  'Abbasi',
  'Bergström',
  'Castellano',
  'Dvořák',
  'Eriksen',
  'Fujimoto',
  'García',
  'Hollander',
  'Ivanova',
  'Jankowski',
  'Kowalczyk',
  'Lindqvist',
  'Moreau',
  'Nakamura',
  'Okafor',
  'Petrov',
  'Quispe',
  'Rahman',
  'Sørensen',
  'Takahashi',
  'Underwood',
  'Vargas',
];
