import { Range, TextEditorRevealType, Uri, ViewColumn, window } from 'vscode';
import type { FrameLocation } from './frame-location.ts';

/** Opens the source of a frame beside the flame graph, at its line and column. */
export async function openFrame({ file, line, column }: FrameLocation): Promise<void> {
  const start = new Range(line - 1, column - 1, line - 1, column - 1);
  const editor = await window.showTextDocument(Uri.file(file), {
    viewColumn: ViewColumn.Beside,
    selection: start,
    preview: true,
  });
  editor.revealRange(start, TextEditorRevealType.InCenter);
}
