/** A view of a profile that would need more boxes than can be held. */
export class PictureTooLargeError extends Error {
  override readonly name = 'PictureTooLargeError';
  readonly code = 'picture_too_large';
  readonly advice =
    'Choose the left-heavy view, or record for a shorter time or with a longer sampling interval.';

  constructor(maxBoxes: number) {
    super(
      `This view of the profile has more than ${maxBoxes.toLocaleString('en')} boxes, which is the limit.`,
    );
  }
}
