import type { Camera } from './camera.ts';
import type { Hover } from './hover.ts';
import type { Model } from './model.ts';
import { watchPointer } from './pointer.ts';
import type { Selection } from './selection.ts';
import type { Stage } from './stage.ts';

interface PointerParts {
  readonly stage: Stage;
  readonly camera: Camera;
  readonly hover: Hover;
  readonly selection: Selection;
  model(): Model | null;
}

/** What a pointer does to the picture. */
export function watchPicture({ stage, camera, hover, selection, model }: PointerParts): void {
  watchPointer(stage.content, {
    zoom: (x, factor) => {
      hover.leave();
      camera.zoom(x, factor);
    },
    scroll: (y) => {
      stage.scrollTop += y;
    },
    pan: (x, y) => {
      hover.leave();
      camera.dragPixels(x);
      stage.scrollTop -= y;
    },
    hover: (x, y) => {
      const shown = model();
      if (shown !== null) hover.at(shown, camera.viewport, x, y);
    },
    leave: () => hover.leave(),
    press: (x, y, wantsSource) => {
      const entry = stage.entryAt(x, y);
      if (entry === null) return;
      selection.focus(entry.box);
      stage.focus.takeKeyboard();
      if (wantsSource) selection.openSource();
    },
    doublePress: (x, y) => {
      const entry = stage.entryAt(x, y);
      if (entry !== null) camera.zoomTo(entry.start, entry.span);
    },
  });
}
