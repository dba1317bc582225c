import type { View } from '../../server/protocol/profile/call-tree.ts';
import { stretchOf } from './box-place.ts';
import type { Camera } from './camera.ts';
import type { FlameSearch } from './flame-search.ts';
import type { Intent } from './keys.ts';
import type { KeysDialog } from './keys-dialog.ts';
import type { Model } from './model.ts';
import type { PauseLane } from './pause-lane.ts';
import type { Selection } from './selection.ts';
import type { Stage } from './stage.ts';

interface CommandParts {
  readonly stage: Stage;
  readonly camera: Camera;
  readonly selection: Selection;
  readonly search: FlameSearch;
  readonly keysDialog: KeysDialog;
  readonly pauses: PauseLane;
  model(): Model | null;
  switchView(view: View): void;
}

/** Does what the user wants, by whatever key or button it was said. */
export class Commands {
  readonly #parts: CommandParts;

  constructor(parts: CommandParts) {
    this.#parts = parts;
  }

  perform(intent: Intent): void {
    const { stage, camera, selection, search, keysDialog } = this.#parts;
    switch (intent.do) {
      case 'view':
        this.#parts.switchView(intent.view);
        break;
      case 'zoom':
        camera.zoom(stage.width / 2, intent.factor);
        break;
      case 'pan':
        camera.panScreens(intent.screens);
        break;
      case 'scroll':
        stage.scrollTop += intent.screens * stage.height;
        break;
      case 'move':
        selection.move(intent.direction);
        this.revealFocus();
        break;
      case 'match':
        search.step(intent.step);
        break;
      case 'pause':
        this.#parts.pauses.step(intent.step);
        break;
      case 'zoom-to-focus':
        this.#zoomToFocus();
        break;
      case 'zoom-out':
        this.#zoomOut();
        break;
      case 'show-all':
        camera.showAll();
        break;
      case 'search':
        search.takeKeyboard();
        break;
      case 'copy-stack':
        selection.copyStack();
        break;
      case 'open-source':
        selection.openSource();
        break;
      case 'show-keys':
        keysDialog.open();
        break;
    }
  }

  revealFocus(): void {
    const model = this.#parts.model();
    if (model === null) return;
    const { row, start, span } = stretchOf(model.tree, this.#parts.selection.box);
    this.#parts.stage.revealRow(row);
    this.#parts.camera.reveal(start, span);
  }

  #zoomToFocus(): void {
    const model = this.#parts.model();
    if (model === null) return;
    const { start, span } = stretchOf(model.tree, this.#parts.selection.box);
    this.#parts.camera.zoomTo(start, span);
  }

  /** Step by step back to the whole picture, then out of the search. */
  #zoomOut(): void {
    const { camera, search } = this.#parts;
    if (!camera.isWhole || search.text === '') camera.back();
    else search.clear();
  }
}
