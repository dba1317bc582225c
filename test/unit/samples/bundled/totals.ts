interface Amount {
  readonly value: number;
}

export function fold(amount: number): number {
  const boxed: Amount = { value: amount };
  return boxed.value + 1;
}

export const scale = (amount: number): number => {
  return amount * 5;
};

export class Totals {
  add(amount: number): number {
    return fold(amount) + scale(amount);
  }
}
