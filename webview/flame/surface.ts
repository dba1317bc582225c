/** A canvas that keeps as many device pixels as it covers, whatever the zoom of the page. */
export class Surface {
  readonly canvas: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
  pixelRatio = 1;

  constructor(className: string) {
    this.canvas = document.createElement('canvas');
    this.canvas.className = className;
    this.canvas.setAttribute('aria-hidden', 'true');
    const context = this.canvas.getContext('2d', { alpha: false });
    if (context === null) throw new Error('This browser gives no 2D canvas.');
    this.context = context;
  }

  /** Sets the size in CSS pixels. Emptied only on a change: setting the size of a canvas clears it. */
  resize(width: number, height: number): void {
    this.pixelRatio = devicePixelRatio;
    const wide = Math.max(1, Math.round(width * this.pixelRatio));
    const high = Math.max(1, Math.round(height * this.pixelRatio));
    if (this.canvas.width !== wide) this.canvas.width = wide;
    if (this.canvas.height !== high) this.canvas.height = high;
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
  }
}
