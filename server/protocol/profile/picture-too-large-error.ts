/** Boxes of a picture. About 60 bytes each while they are found and arranged: 500 MB. */
export const MAX_BOXES = 2 ** 23;

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
